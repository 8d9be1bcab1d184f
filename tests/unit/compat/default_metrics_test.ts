import { assert, assertEquals } from "@std/assert";
import { type AnyClient, CLIENTS } from "../../_support/clients.ts";

/** The metadata of a text, in its order. */
function metadataOf(text: string): string[] {
  return text.split("\n").filter((line) => line.startsWith("#"));
}

async function textOf(client: AnyClient, config: object): Promise<string> {
  const register = new client.Registry();
  client.collectDefaultMetrics({ register, eventLoopUtilizationTimeout: 60_000, ...config });
  return await register.metrics();
}

Deno.test({
  name: "collectDefaultMetrics() defines the same families in the same order",
  // Both watch the event loop for as long as the process lives.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    for (const config of [{}, { prefix: "my_", labels: { app: "x" } }]) {
      const ours = await textOf(CLIENTS.ours, config);
      const theirs = await textOf(CLIENTS.successor, config);
      assertEquals(metadataOf(ours), metadataOf(theirs));
      // The values differ by when they were read; which labels there are does not.
      const labels = (text: string) =>
        text.split("\n").filter((line) => /process_|version_info|heap_size|heap_space/.test(line))
          .map((line) => line.slice(0, line.lastIndexOf(" "))).filter((line) => !line.startsWith("#")).sort();
      assertEquals(labels(ours), labels(theirs));
    }
  },
});

Deno.test({
  name: "collectDefaultMetrics() aggregates as prom-client does",
  sanitizeOps: false,
  sanitizeResources: false,
  fn() {
    const aggregators = (client: AnyClient) => {
      const register = new client.Registry();
      client.collectDefaultMetrics({ register, eventLoopUtilizationTimeout: 60_000 });
      return register.getMetricsAsArray().map(({ name, aggregator }: AnyClient) => `${name} ${aggregator}`);
    };
    assertEquals(aggregators(CLIENTS.ours), aggregators(CLIENTS.successor));
  },
});

Deno.test({
  name: "collectDefaultMetrics() has plausible values",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const text = await textOf(CLIENTS.ours, {});
    const value = (name: string) => Number(new RegExp(`^${name} (.+)$`, "m").exec(text)?.[1]);
    assert(value("process_resident_memory_bytes") > 1e6);
    assert(value("nodejs_heap_size_used_bytes") > 1e5);
    assert(Math.abs(value("process_start_time_seconds") - Date.now() / 1000) < 3600);
  },
});
