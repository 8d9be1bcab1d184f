/**
 * One thread that serves `/metrics` of `SERIES` counters in four slabs, `/-/healthy`, and `/count`, which changes every
 * counter: what the main thread of a server does, without the workers, whose memory would be measured too.
 */
import { Collector, Counter, type CounterChild, createMetricsHandler, Registry } from "promslab";

const SERIES = Number(Deno.env.get("SERIES"));
const SLABS = 4;

const children: CounterChild[] = [];
const collector = new Collector(new Registry({ slabBytes: 1 << 20 }));
for (let slab = 0; slab < SLABS; slab++) {
  const registry = new Registry({ slabBytes: 64 * 1024 * 1024 + SERIES * 64 });
  const requests = new Counter({
    name: "many_requests_total",
    help: "Requests.",
    labelNames: ["route", "status"],
    maxSeries: SERIES,
    registry,
  });
  for (let i = slab; i < SERIES; i += SLABS) {
    const child = requests.labels({ route: `/api/v1/resources/${i}/items`, status: "200" });
    child.inc(1_000_000);
    children.push(child);
  }
  collector.addSlab(registry.slab.buffer as SharedArrayBuffer);
}

const metrics = createMetricsHandler({ collector, timeoutSeconds: 600 });
const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
  const { pathname } = new URL(request.url);
  if (pathname === "/metrics") return metrics(request);
  if (pathname === "/count") { for (const child of children) child.inc(); }
  return new Response("healthy\n");
});
console.log(`million series ready: http://127.0.0.1:${server.addr.port}`);
