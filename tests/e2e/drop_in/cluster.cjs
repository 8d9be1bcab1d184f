// Processes of Node's cluster module, aggregated by the primary.
const cluster = require("node:cluster");
const client = require(process.env.CLIENT);

const registry = new client.AggregatorRegistry();
const counter = new client.Counter({ name: "work_total", help: "h", labelNames: ["kind"] });
const aggregators = ["sum", "min", "max", "average", "omit"];
const gauges = aggregators.map((aggregator) =>
  new client.Gauge({ name: `gauge_${aggregator}`, help: "h", aggregator })
);
const histogram = new client.Histogram({ name: "seconds", help: "h", buckets: [1, 10] });

if (cluster.isPrimary) {
  const workers = [1, 2, 3].map((value) => cluster.fork({ VALUE: String(value) }));
  let ready = 0;
  for (const worker of workers) {
    worker.on("message", async (message) => {
      if (message !== "ready" || ++ready < workers.length) return;
      console.log(JSON.stringify({ text: await registry.clusterMetrics() }));
      for (const one of workers) one.kill();
      process.exit(0);
    });
  }
} else {
  const value = Number(process.env.VALUE);
  counter.inc({ kind: "a" }, value);
  for (const gauge of gauges) gauge.set(value);
  histogram.observe(5 * value);
  // The primary may ask when its message has been listened to for a while.
  setTimeout(() => process.send("ready"), 300);
}
