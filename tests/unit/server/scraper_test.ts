import { assertEquals, assertStringIncludes } from "@std/assert";
import { Collector } from "../../../src/collect/collector.ts";
import { Counter } from "../../../src/metric/counter.ts";
import { Registry } from "../../../src/registry/registry.ts";
import type { ScrapeQuestion } from "../../../src/server/messages.ts";
import { Scraper } from "../../../src/server/scraper.ts";

const plain: ScrapeQuestion = { method: "GET", accept: null, acceptEncoding: null, query: "" };

function scraperOf(seriesCount = 1) {
  const registry = new Registry({ slabBytes: 1 << 20 });
  const visits = new Counter({ name: "visits_total", help: "Visits.", labelNames: ["page"], registry });
  const errors = new Counter({ name: "errors_total", help: "Errors.", registry });
  for (let page = 0; page < seriesCount; page++) visits.inc({ page });
  errors.inc();
  return { scraper: new Scraper(new Collector(registry)), visits };
}

const textOf = (body: Uint8Array<ArrayBuffer>) => new TextDecoder().decode(body);

Deno.test("Scraper.answer() gives all families in the text format unless asked otherwise", async () => {
  const { status, headers, body } = await scraperOf().scraper.answer(plain);
  assertEquals(status, 200);
  assertStringIncludes(headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
  assertEquals(textOf(body).split("\n").filter((line) => line.startsWith("#")).length, 4);
  assertStringIncludes(textOf(body), 'visits_total{page="0"} 1\n');
});

Deno.test("Scraper.answer() gives the format and the families that are asked for", async () => {
  const { body, headers } = await scraperOf().scraper.answer({
    ...plain,
    accept: "application/openmetrics-text;version=1.0.0",
    query: "name[]=errors_total&name[]=none",
  });
  assertStringIncludes(headers["content-type"], "application/openmetrics-text; version=1.0.0");
  assertEquals(textOf(body), "# TYPE errors counter\n# HELP errors Errors.\nerrors_total 1.0\n# EOF\n");
});

Deno.test("Scraper.answer() compresses what is worth it for those who ask", async () => {
  const { scraper } = scraperOf(200);
  const whole = await scraper.answer(plain);
  assertEquals(whole.headers["content-encoding"], undefined);
  const packed = await scraper.answer({ ...plain, acceptEncoding: "gzip" });
  assertEquals(packed.headers["content-encoding"], "gzip");
  const unpacked = new Blob([packed.body]).stream().pipeThrough(new DecompressionStream("gzip"));
  assertEquals(await new Response(unpacked).text(), textOf(whole.body));
  const few = await scraperOf().scraper.answer({ ...plain, acceptEncoding: "gzip" });
  assertEquals(few.headers["content-encoding"], undefined);
});

Deno.test("Scraper.answer() refuses methods that do not read", async () => {
  const { status, headers } = await scraperOf().scraper.answer({ ...plain, method: "POST" });
  assertEquals([status, headers.allow], [405, "GET, HEAD"]);
});

Deno.test("Scraper.exclusively() keeps others waiting until the function has ended, also by an error", async () => {
  const { scraper } = scraperOf();
  const order: string[] = [];
  const gate = Promise.withResolvers<void>();
  const change = scraper.exclusively(async () => {
    await gate.promise;
    order.push("change");
    throw new Error("failed");
  }).catch(() => {});
  const scrape = scraper.answer(plain).then(() => order.push("scrape"));
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(order, []);
  gate.resolve();
  await Promise.all([change, scrape]);
  assertEquals(order, ["change", "scrape"]);
});
