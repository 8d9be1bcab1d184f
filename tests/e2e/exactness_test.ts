/**
 * Totals over real sockets: exact after the load, never going down during it, the same on both ports.
 */
import { assert, assertEquals } from "@std/assert";
import { type Scrape, startApp } from "../_support/app_server.ts";
import { requestMany } from "../_support/request_many.ts";

const REQUESTS = 30_000;
const SCRAPES = 50;

Deno.test("30 000 requests over many connections to 3 workers are 30 000 in each of 50 scrapes of either port", async () => {
  await using app = await startApp();
  const done = new AbortController();
  const scrapedDuring = watchScrapes(app.scrape, done.signal);
  const paths = ["/", "/", "/users/ann", "/nowhere", "/fail", "/work?rounds=1"];
  const url = (index: number) => `${app.url}${paths[index % paths.length]}`;
  const loads = await Promise.all([
    requestMany({ url, total: 24_000, concurrency: 24 }),
    requestMany({ url, total: 6_000, concurrency: 8, keepAlive: false }),
  ]);
  done.abort();
  assertEquals(loads.map(({ errors }) => [...errors]), [[], []]);

  for (let i = 0; i < SCRAPES; i++) {
    const scrape = await app.scrape(i % 2 === 0 ? "serving" : "admin");
    assertEquals(scrape.sum("http_requests_total"), REQUESTS, `scrape ${i}`);
    assertEquals(scrape.sum("http_request_duration_seconds_count"), REQUESTS, `scrape ${i}`);
    assertEquals(scrape.sum("http_request_duration_seconds_bucket", 'le="+Inf"'), REQUESTS, `scrape ${i}`);
    assertEquals(scrape.sum("http_requests_total", 'route="/fail"', 'status="500"'), 5_000);
    assertEquals(scrape.sum("http_requests_total", 'route="unmatched"', 'status="404"'), 5_000);
    assertEquals(scrape.sum("app_greetings_total"), 5_000);
    assertEquals(scrape.sum("http_requests_in_flight"), 0);
  }
  const { count, decreases } = await scrapedDuring;
  assertEquals(decreases, []);
  assert(count >= 20, `only ${count} scrapes during the load`);
  console.log(
    `${count} scrapes during ${loads[0].seconds.toFixed(1)} s of load, ${
      (REQUESTS / loads[0].seconds).toFixed(0)
    } requests/s`,
  );
});

/** Scrapes both ports in turn until the signal, and collects every value that went down. */
async function watchScrapes(scrape: (from: "serving" | "admin") => Promise<Scrape>, signal: AbortSignal) {
  const decreases: string[] = [];
  let last: Scrape | undefined;
  let count = 0;
  while (!signal.aborted) {
    const now = await scrape(count % 2 === 0 ? "admin" : "serving");
    if (last !== undefined) decreases.push(...now.decreasesSince(last));
    last = now;
    count++;
  }
  return { count, decreases };
}
