/** The real command `deno serve --parallel`, whose threads have no parent that could hand them anything. */
import { assertEquals, assertGreater, assertMatch } from "@std/assert";
import { Scrape } from "../_support/app_server.ts";
import { ROOT, type RunningCommand, startCommand } from "../_support/command.ts";
import { freePort } from "../_support/free_port.ts";
import { requestMany } from "../_support/request_many.ts";
import { waitFor } from "../_support/wait_for.ts";

const THREADS = 3;

async function start(
  { app = "examples/deno_serve_parallel.ts" } = {},
): Promise<{ command: RunningCommand; url: string }> {
  const module = new URL(app, ROOT).pathname;
  // WHY several: with port 0 each thread would open one of its own, and between freePort() and Deno's bind another
  // process may take the port.
  for (let tries = 0; tries < 5; tries++) {
    const port = freePort();
    const command = await startCommand({
      command: ["deno", "serve", "--parallel", "-A", "--host", "127.0.0.1", "--port", String(port), module],
      env: { DENO_JOBS: String(THREADS) },
    });
    const isListening = () => command.stderr.includes("Listening on");
    await waitFor(() => isListening() || command.ending !== undefined, { what: "the port" });
    if (isListening()) return { command, url: `http://127.0.0.1:${port}` };
    assertMatch(command.stderr, /AddrInUse/);
  }
  throw new Error("Cannot start: five ports in a row were taken");
}

/** One scrape over a connection of its own, so that the kernel chooses the thread anew. */
async function scrape(url: string): Promise<Scrape> {
  const response = await fetch(`${url}/metrics`, { headers: { connection: "close" } });
  assertMatch(response.headers.get("content-type")!, /^text\/plain; version=0\.0\.4/);
  return new Scrape(await response.text());
}

const hellos = (scrape: Scrape) => scrape.sum("app_greetings_total");

/** Scrapes until it is told to stop; nothing may decrease from one scrape to the next, whichever threads answer. */
async function scrapeOn(url: string, isOver: () => boolean): Promise<number> {
  let [last, scrapes] = [await scrape(url), 1];
  for (; !isOver(); scrapes++) {
    const now = await scrape(url);
    assertEquals(now.decreasesSince(last), []);
    last = now;
  }
  return scrapes;
}

Deno.test("deno serve --parallel: any thread answers for all, exactly, also several clients under load", async () => {
  const { command, url } = await start();
  await using _ended = command;
  const before = await scrape(url);
  let isOver = false;
  const clients = Promise.all([0, 1, 2].map(() => scrapeOn(url, () => isOver)));
  await requestMany({ url: `${url}/hello`, total: 2_000, keepAlive: false }).finally(() => isOver = true);
  for (const scrapes of await clients) assertGreater(scrapes, 1);
  for (let i = 0; i < 20; i++) {
    const now = await scrape(url);
    assertEquals(hellos(now), 2_000);
    assertEquals(now.sum("http_requests_total", 'route="/hello"', 'status="200"'), 2_000);
    assertEquals(now.decreasesSince(before), []);
  }
  await waitFor(async () => (await scrape(url)).sum("promslab_workers", 'state="live"') === THREADS, {
    what: "a thread that sees all threads",
    deadlineMs: 60_000,
  });
});

Deno.test("deno serve --parallel: several clients scrape while one thread hangs; nothing decreases", async () => {
  const { command, url } = await start();
  await using _ended = command;
  await requestMany({ url: `${url}/hello`, total: 300, keepAlive: false });
  const busy = fetch(`${url}/busy?ms=2000`).then((response) => response.text());
  let last = await scrape(url);
  for (let i = 0; i < 20; i++) {
    const scrapes = await Promise.all([scrape(url), scrape(url), scrape(url)]);
    for (const now of scrapes) assertEquals(now.decreasesSince(last), []);
    for (const now of scrapes) assertEquals(hellos(now), 300);
    last = scrapes[0];
  }
  assertEquals(await busy, "done\n");
});

Deno.test("deno serve --parallel: SIGTERM ends the process, also while its threads start", async () => {
  for (const requests of [0, 1, 5, 50, 0, 1, 5, 50]) {
    const { command, url } = await start();
    await using _ended = command;
    if (requests > 0) await requestMany({ url: `${url}/hello`, total: requests, keepAlive: true });
    assertEquals((await command.stop("SIGTERM")).code, 0);
  }
});

Deno.test("deno serve --parallel: SIGTERM lets a process that has long started end by itself", async () => {
  const started = performance.now();
  const { command, url } = await start();
  await using _ended = command;
  await waitFor(async () => {
    await scrape(url);
    return performance.now() - started > 12_000;
  }, { what: "a process of some age", deadlineMs: 30_000 });
  assertEquals((await command.stop("SIGTERM")).code, 0);
});

Deno.test("deno serve --parallel: each thread has a slot of its own", async () => {
  const { command, url } = await start({ app: "tests/testdata/apps/parallel_app.ts" });
  await using _ended = command;
  const slots = new Set<string>();
  await waitFor(async () => {
    const response = await fetch(url, { headers: { connection: "close" } });
    return slots.add(await response.text()).size === THREADS;
  }, { what: "an answer of every thread", deadlineMs: 60_000 });
  assertEquals([...slots].sort(), Array.from({ length: THREADS }, (_, slot) => String(slot)));
});
