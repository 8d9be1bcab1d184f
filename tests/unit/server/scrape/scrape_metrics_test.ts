import { assertEquals } from "@std/assert";
import { Collector } from "../../../../src/collect/collector.ts";
import { Registry } from "../../../../src/registry/registry.ts";
import { ScrapeMetrics } from "../../../../src/server/scrape/scrape_metrics.ts";
import { sampleValue } from "../../../_support/sample_value.ts";

Deno.test("ScrapeMetrics counts scrapes, and has the usual codes from the start", () => {
  const registry = new Registry({ slabBytes: 1 << 20 });
  const collector = new Collector(registry);
  const metrics = new ScrapeMetrics(registry);
  const requests = (code: string) =>
    sampleValue(collector, "promhttp_metric_handler_requests_total", { code });
  const inFlight = () => sampleValue(collector, "promhttp_metric_handler_requests_in_flight");
  assertEquals([requests("200"), requests("500"), requests("503")], [0, 0, 0]);
  metrics.begin();
  metrics.begin();
  assertEquals(inFlight(), 2);
  metrics.end(200);
  metrics.end(401);
  assertEquals([inFlight(), requests("200"), requests("401")], [0, 1, 1]);
});

Deno.test("ScrapeMetrics tells errors and the last scrape's cost, of all handlers of a registry", () => {
  const registry = new Registry({ slabBytes: 1 << 20 });
  const collector = new Collector(registry);
  const [one, other] = [new ScrapeMetrics(registry), new ScrapeMetrics(registry)];
  one.error("gathering");
  other.error("gathering");
  one.cost({ seconds: 9, bytes: 9, series: 9 });
  other.cost({ seconds: 0.25, bytes: 1000, series: 10 });
  const errors = (cause: string) => sampleValue(collector, "promhttp_metric_handler_errors_total", { cause });
  assertEquals([errors("gathering"), errors("encoding")], [2, 0]);
  assertEquals(sampleValue(collector, "promslab_scrape_duration_seconds"), 0.25);
  assertEquals(sampleValue(collector, "promslab_scrape_size_bytes"), 1000);
  assertEquals(sampleValue(collector, "promslab_scrape_series"), 10);
});
