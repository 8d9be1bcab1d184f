import { assertEquals, assertStringIncludes } from "@std/assert";
import { Collector } from "../../../../src/collect/collector.ts";
import { snapshot } from "../../../../src/exposition/snapshot.ts";
import { Commit } from "../../../../src/metric/commit.ts";
import { Counter } from "../../../../src/metric/counter.ts";
import { Registry } from "../../../../src/registry/registry.ts";
import {
  createMetricsHandler,
  createNodeMetricsHandler,
} from "../../../../src/server/scrape/metrics_handler.ts";
import { SLICE_MS } from "../../../../src/server/scrape/scrape_pass.ts";
import { createSlab } from "../../../../src/slab/slab.ts";
import type { NodeResponse } from "../../../../src/server/http/node_middleware.ts";

function collectorOfOne(): Collector {
  const registry = new Registry({ slabBytes: 1 << 20 });
  new Counter({ name: "jobs_total", help: "Jobs.", registry }).inc(3);
  new Counter({ name: "others_total", help: "Others.", registry });
  return new Collector(registry);
}

Deno.test("createMetricsHandler() answers GET and HEAD in the format that is asked for", async () => {
  const handler = createMetricsHandler({ collector: collectorOfOne() });
  const response = await handler(
    new Request("http://localhost/metrics?name[]=jobs_total", {
      headers: { accept: "application/openmetrics-text;version=1.0.0" },
    }),
  );
  assertStringIncludes(response.headers.get("content-type")!, "application/openmetrics-text");
  assertStringIncludes(await response.text(), "jobs_total 3.0\n# EOF");
  const head = await handler(new Request("http://localhost/metrics", { method: "HEAD" }));
  assertEquals([head.status, head.body], [200, null]);
  assertEquals((await handler(new Request("http://localhost/metrics", { method: "POST" }))).status, 405);
});

Deno.test("createNodeMetricsHandler() answers over node:http's messages", async () => {
  const handler = createNodeMetricsHandler({ collector: collectorOfOne() });
  const headers: Record<string, string> = {};
  let body: unknown;
  const response: NodeResponse = {
    statusCode: 0,
    write: () => true,
    end: (chunk) => body = chunk,
    setHeader: (name, value) => headers[name] = value,
    on: () => {},
  };
  await handler(
    { method: "GET", url: "/metrics?name[]=jobs_total", headers: { accept: ["text/plain"] } },
    response,
  );
  assertEquals(response.statusCode, 200);
  assertStringIncludes(headers["content-type"], "text/plain");
  assertEquals(
    new TextDecoder().decode(body as Uint8Array),
    "# HELP jobs_total Jobs.\n# TYPE jobs_total counter\njobs_total 3\n",
  );
});

Deno.test("createNodeMetricsHandler() sends a large body piece by piece, and stops when the client has left", async () => {
  const registry = new Registry({ slabBytes: 1 << 22 });
  const jobs = new Counter({ name: "jobs_total", help: "Jobs.", labelNames: ["id"], registry });
  for (let id = 0; id < 5000; id++) jobs.inc({ id: `${id}`.padStart(40, "x") });
  const handler = createNodeMetricsHandler({ collector: new Collector(registry), registry });
  const scrape = async (piecesMax: number) => {
    const pieces: Uint8Array[] = [];
    const listeners: (() => void)[] = [];
    const response: NodeResponse = {
      statusCode: 0,
      write: (piece, done) => {
        pieces.push(piece);
        if (pieces.length < piecesMax) setTimeout(done);
        else listeners.forEach((listener) => listener());
        return false;
      },
      end: (piece) => piece && pieces.push(piece),
      setHeader: () => {},
      on: (_event, listener) => listeners.push(listener),
    };
    await handler({ method: "GET", url: "/metrics?name[]=jobs_total", headers: {} }, response);
    return { pieces, text: await new Blob(pieces as BlobPart[]).text() };
  };
  const whole = await scrape(Infinity);
  assertEquals(whole.pieces.length, 5);
  assertEquals(whole.text.match(/^jobs_total.* 1$/gm)?.length, 5000);
  assertEquals((await scrape(2)).pieces.length, 2);
  const inFlight = await createMetricsHandler({ collector: new Collector(registry), registry })(
    new Request("http://localhost/?name[]=promhttp_metric_handler_requests_in_flight"),
  );
  assertStringIncludes(await inFlight.text(), "promhttp_metric_handler_requests_in_flight 1\n");
});

Deno.test("createMetricsHandler(): passes over one collector take turns, whoever makes them, so that none tears a commit", async () => {
  const collector = new Collector(new Registry());
  const slab = createSlab({ slot: 0, epoch: 1, bytes: 1 << 20 });
  collector.addSlab(slab);
  const registry = new Registry();
  registry.attach({ slab });
  const commit = new Commit({ registry });
  const [a, b] = ["a_total", "b_total"].map((name) => new Counter({ name, help: "h", registry }));
  const both = () => commit.inc(a).inc(b).apply();
  both();
  const scrape = async (handler: (request: Request) => Promise<Response>) => {
    const text = await (await handler(new Request("http://localhost/metrics"))).text();
    return [...text.matchAll(/^[ab]_total (\d+)$/gm)].map(([, value]) => Number(value));
  };
  const [one, other] = [createMetricsHandler({ collector }), createMetricsHandler({ collector })];
  // A pass that takes long, so that it lets others work between its first block and its second.
  const { blocks } = Collector.prototype;
  const later: Promise<number[]>[] = [];
  let isFirst = true;
  collector.blocks = function* (filter) {
    for (const block of blocks.call(collector, filter)) {
      const endMs = performance.now() + 2 * SLICE_MS;
      while (performance.now() < endMs);
      if (isFirst) {
        isFirst = false;
        both();
        later.push(scrape(other));
        later.push(
          snapshot(collector).then((all) => all.map((one) => "value" in one ? Number(one.value) : NaN)),
        );
      }
      yield block;
    }
  };
  assertEquals(await scrape(one), [1, 1]);
  assertEquals(await Promise.all(later), [[2, 2], [2, 2]]);
});
