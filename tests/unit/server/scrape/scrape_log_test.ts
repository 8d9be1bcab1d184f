import { assertEquals } from "@std/assert";
import { ScrapeBody } from "../../../../src/server/scrape/scrape_body.ts";
import { ScrapeLog } from "../../../../src/server/scrape/scrape_log.ts";
import { PLAIN_SCRAPE } from "../../../_support/plain_scrape.ts";

function setup(status = 200) {
  const clock = { now: 1000 };
  const log = new ScrapeLog(() => clock.now);
  const scrape = log.watch(() => {
    clock.now += 20;
    return Promise.resolve({
      status,
      headers: { "content-type": "text/plain", ...(status === 200 && { "content-encoding": "gzip" }) },
      body: new ScrapeBody([new Uint8Array(300)]),
    });
  });
  return { clock, log, scrape };
}

Deno.test("ScrapeLog.costs adds up time and bytes, and tells of the last scrape", async () => {
  const { clock, log, scrape } = setup();
  assertEquals(log.costs, { count: 0, secondsTotal: 0, bytesTotal: 0, last: undefined });
  await scrape(PLAIN_SCRAPE);
  assertEquals((await scrape(PLAIN_SCRAPE)).body.byteLength, 300);
  clock.now += 500;
  assertEquals(log.costs, {
    count: 2,
    secondsTotal: 0.04,
    bytesTotal: 600,
    last: { seconds: 0.02, bytes: 300, coding: "gzip", contentType: "text/plain", ageSeconds: 0.5 },
  });
});

Deno.test("ScrapeLog.watch() does not note what was refused", async () => {
  const { log, scrape } = setup(401);
  assertEquals((await scrape(PLAIN_SCRAPE)).status, 401);
  assertEquals(log.costs.count, 0);
});
