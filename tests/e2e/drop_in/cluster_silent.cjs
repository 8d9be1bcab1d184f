// A cluster with a process that never answers: it has no client.
const cluster = require("node:cluster");

if (cluster.isPrimary) {
  const client = require(process.env.CLIENT);
  const registry = new client.AggregatorRegistry();
  const worker = cluster.fork();
  worker.on("online", async () => {
    const startMs = performance.now();
    const error = await registry.clusterMetrics().then(() => "none", ({ message }) => message);
    console.log(JSON.stringify({ error, seconds: Math.round((performance.now() - startMs) / 1000) }));
    worker.kill();
    process.exit(0);
  });
} else {
  setInterval(() => {}, 1000);
}
