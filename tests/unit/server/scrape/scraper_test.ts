import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Gauge } from "../../../../src/metric/gauge.ts";
import type { ScrapeBody } from "../../../../src/server/scrape/scrape_body.ts";
import type { ScrapeResponse } from "../../../../src/server/scrape/scrape_messages.ts";
import { sampleValue } from "../../../_support/sample_value.ts";
import { waitFor } from "../../../_support/wait_for.ts";
import { Collector } from "../../../../src/collect/collector.ts";
import { Counter } from "../../../../src/metric/counter.ts";
import { Registry } from "../../../../src/registry/registry.ts";
import { Scraper, type ScraperParts } from "../../../../src/server/scrape/scraper.ts";
import { PLAIN_SCRAPE } from "../../../_support/plain_scrape.ts";

function scraperOf(seriesCount = 1, parts: Pick<ScraperParts, "options" | "token"> = {}) {
  const registry = new Registry({ slabBytes: 1 << 20 });
  const visits = new Counter({ name: "visits_total", help: "Visits.", labelNames: ["page"], registry });
  const errors = new Counter({ name: "errors_total", help: "Errors.", registry });
  for (let page = 0; page < seriesCount; page++) visits.inc({ page });
  errors.inc();
  const collector = new Collector(registry);
  const metric = (name: string, labels = {}) =>
    sampleValue(collector, `promhttp_metric_handler_${name}`, labels);
  return { scraper: new Scraper(collector, { ...parts, registry }), visits, registry, collector, metric };
}

function bytesOf(body: ScrapeBody): Uint8Array<ArrayBuffer> {
  return body.read(Infinity) ?? new Uint8Array();
}

const textOf = (body: ScrapeBody) => new TextDecoder().decode(bytesOf(body));

Deno.test("Scraper.answer() gives all families in the text format unless asked otherwise", async () => {
  const { status, headers, body } = await scraperOf().scraper.answer(PLAIN_SCRAPE);
  assertEquals(status, 200);
  assertStringIncludes(headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
  const text = textOf(body);
  assertMatch(text, /^# HELP errors_total Errors\.\n# TYPE errors_total counter\nerrors_total 1\n/);
  assertStringIncludes(text, 'visits_total{page="0"} 1\n');
});

Deno.test("Scraper.answer() gives the format and the families that are asked for", async () => {
  const { body, headers } = await scraperOf().scraper.answer({
    ...PLAIN_SCRAPE,
    accept: "application/openmetrics-text;version=1.0.0",
    query: "name[]=errors_total&name[]=none",
  });
  assertStringIncludes(headers["content-type"], "application/openmetrics-text; version=1.0.0");
  assertEquals(textOf(body), "# TYPE errors counter\n# HELP errors Errors.\nerrors_total 1.0\n# EOF\n");
});

Deno.test("Scraper.answer() compresses what is worth it for those who ask", async () => {
  const { scraper } = scraperOf(200);
  const query = "name[]=visits_total";
  const whole = await scraper.answer({ ...PLAIN_SCRAPE, query });
  assertEquals(whole.headers["content-encoding"], undefined);
  const packed = await scraper.answer({ ...PLAIN_SCRAPE, query, acceptEncoding: "gzip" });
  assertEquals(packed.headers["content-encoding"], "gzip");
  const unpacked = new Blob([bytesOf(packed.body)]).stream().pipeThrough(new DecompressionStream("gzip"));
  assertEquals(await new Response(unpacked).text(), textOf(whole.body));
  const few = await scraper.answer({ ...PLAIN_SCRAPE, acceptEncoding: "gzip", query: "name[]=errors" });
  assertEquals(few.headers["content-encoding"], undefined);
});

Deno.test("Scraper.answer() refuses methods that do not read", async () => {
  const { status, headers } = await scraperOf().scraper.answer({ ...PLAIN_SCRAPE, method: "POST" });
  assertEquals([status, headers.allow], [405, "GET, HEAD"]);
});

Deno.test("Scraper.answer() waits for others who read the collector, also when they fail", async () => {
  const { scraper, collector } = scraperOf();
  const order: string[] = [];
  const gate = Promise.withResolvers<void>();
  const change = collector.exclusively(async () => {
    await gate.promise;
    order.push("change");
    throw new Error("failed");
  }).catch(() => {});
  const scrape = scraper.answer(PLAIN_SCRAPE).then(() => order.push("scrape"));
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(order, []);
  gate.resolve();
  await Promise.all([change, scrape]);
  assertEquals(order, ["change", "scrape"]);
});

Deno.test("Scraper.answer() wants the token, if there is one", async () => {
  const scraper = new Scraper(new Collector(new Registry({ slabBytes: 1 << 20 })), { token: "the-token" });
  const { status, headers } = await scraper.answer(PLAIN_SCRAPE);
  assertEquals([status, headers["www-authenticate"]], [
    401,
    'Basic realm="promslab", Bearer realm="promslab"',
  ]);
  assertEquals((await scraper.answer({ ...PLAIN_SCRAPE, authorization: "Bearer the-token" })).status, 200);
});

Deno.test("Scraper.answer() gives all that wait for the same one body, and none what was gathered before it came", async () => {
  const { scraper, visits, collector, metric } = scraperOf();
  const gate = Promise.withResolvers<void>();
  const busy = collector.exclusively(() => gate.promise);
  const request = { ...PLAIN_SCRAPE, query: "name[]=visits_total" };
  const many = Array.from({ length: 30 }, () => scraper.answer(request));
  visits.inc({ page: 0 });
  gate.resolve();
  await busy;
  const late = Promise.resolve().then(() => {
    visits.inc({ page: 0 });
    return scraper.answer(request);
  });
  const texts = (await Promise.all(many)).map(({ body }) => textOf(body));
  assertEquals([...new Set(texts)].length, 1);
  assertStringIncludes(texts[0], 'visits_total{page="0"} ');
  assertStringIncludes(textOf((await late).body), 'visits_total{page="0"} 3\n');
  assertEquals(metric("requests_total", { code: "200" }), 31);
  assertEquals(metric("requests_in_flight"), 0);
});

Deno.test("Scraper.answer() sends away more than it may answer at a time, slow readers among them", async () => {
  const { scraper, metric } = scraperOf(1, { options: { concurrencyMax: 2 } });
  const [first] = await Promise.all([scraper.answer(PLAIN_SCRAPE), scraper.answer(PLAIN_SCRAPE)]);
  const { status, headers, body } = await scraper.answer(PLAIN_SCRAPE);
  assertEquals([status, headers["retry-after"]], [503, "1"]);
  assertEquals(textOf(body), "Limit of concurrent requests reached (2), try again later.\n");
  first.body.close();
  assertEquals((await scraper.answer({ ...PLAIN_SCRAPE, method: "HEAD" })).status, 200);
  assertEquals((await scraper.answer(PLAIN_SCRAPE)).status, 200);
  assertEquals([metric("requests_in_flight"), metric("requests_total", { code: "503" })], [2, 1]);
});

Deno.test("Scraper.answer() waits as long as the scraper does, and lets go of a body that nobody fetches", async () => {
  const { scraper, collector, metric } = scraperOf();
  const gate = Promise.withResolvers<void>();
  const busy = collector.exclusively(() => gate.promise);
  let late: ScrapeResponse | undefined;
  void scraper.answer({ ...PLAIN_SCRAPE, timeoutSeconds: "0.01" }).then((answer) => late = answer);
  // WHY not awaited: a deadline by itself keeps no process alive.
  const { status: code, body: why } = await waitFor(() => late, { what: "the answer to the late one" });
  assertEquals([code, textOf(why)], [503, "Exceeded configured timeout of 0.01s.\n"]);
  gate.resolve();
  await busy;
  const { body, status } = await scraper.answer({ ...PLAIN_SCRAPE, timeoutSeconds: "0.05" });
  assertEquals([status, metric("requests_in_flight")], [200, 1]);
  await waitFor(() => metric("requests_in_flight") === 0 || undefined, { what: "the end of the scrape" });
  assert(body.hasMore);
});

Deno.test("Scraper.answer() fails or goes on without a family that fails, as it was told", async () => {
  for (const onError of ["continue", "fail"] as const) {
    const { scraper, registry, metric } = scraperOf(1, { options: { onError } });
    const collect = () => {
      throw new Error("no device");
    };
    new Gauge({ name: "device", help: "A device.", registry, collect });
    const { status, body } = await scraper.answer(PLAIN_SCRAPE);
    const text = textOf(body);
    if (onError === "continue") assertStringIncludes(text, "errors_total 1");
    else {
      const why = 'gathering: collect callback of family "device" failed';
      assertEquals(text, `An error has occurred while serving metrics:\n\n${why}\n`);
    }
    assertEquals(status, onError === "continue" ? 200 : 500);
    assertEquals((await scraper.answer({ ...PLAIN_SCRAPE, query: "name[]=device" })).status, 500);
    assertEquals(metric("errors_total", { cause: "gathering" }), 2);
    assertEquals(metric("requests_total", { code: "500" }), onError === "continue" ? 1 : 2);
  }
});

Deno.test("Scraper.answer() tells when the process started, and what the last scrape cost", async () => {
  const { scraper, collector } = scraperOf(50);
  const { headers, body } = await scraper.answer({ ...PLAIN_SCRAPE, query: "name[]=visits" });
  const age = Date.now() / 1000 - Number(headers["process-start-time-unix"]);
  assert(age > 0 && age < 86_400, String(age));
  assertEquals(headers.vary, "accept, accept-encoding");
  assertEquals(sampleValue(collector, "promslab_scrape_series"), 50);
  assertEquals(sampleValue(collector, "promslab_scrape_size_bytes"), body.byteLength);
  assert(sampleValue(collector, "promslab_scrape_duration_seconds") > 0);
  body.close();
});
