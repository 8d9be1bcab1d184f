// What the documentation of prom-client shows, in our words: every feature once, with results that do not depend on time.
const { createServer } = require("node:http");
const client = require(process.env.CLIENT);

const results = {};

async function defaultRegistry() {
  const { register } = client;
  const counter = new client.Counter({ name: "metric_total", help: "metric_help" });
  counter.inc();
  counter.inc(10);
  const gauge = new client.Gauge({ name: "gauge_name", help: "gauge_help" });
  gauge.set(10);
  gauge.inc();
  gauge.inc(10);
  gauge.dec();
  gauge.dec(10);
  new client.Gauge({
    name: "collected",
    help: "point in time",
    collect() {
      this.set(42);
    },
  });
  new client.Gauge({
    name: "collected_later",
    help: "point in time, from elsewhere",
    async collect() {
      this.set(await Promise.resolve(43));
    },
  });
  const time = new client.Gauge({ name: "now_seconds", help: "the time" });
  time.setToCurrentTime();
  const seconds = (await time.get()).values[0].value;
  results.currentTime = Math.abs(seconds - Date.now() / 1000) < 5;
  client.register.removeSingleMetric("now_seconds");
  const histogram = new client.Histogram({
    name: "histogram_name",
    help: "histogram_help",
    buckets: [0.1, 5, 15, 50, 100, 500],
  });
  histogram.observe(10);
  const end = histogram.startTimer();
  results.timer = typeof end() === "number";
  histogram.reset();
  register.removeSingleMetric("histogram_name");
  const summary = new client.Summary({
    name: "summary_name",
    help: "summary_help",
    percentiles: [0.01, 0.1, 0.9, 0.99],
    maxAgeSeconds: 600,
    ageBuckets: 5,
    pruneAgedBuckets: false,
  });
  for (let i = 1; i <= 50; i++) summary.observe(i);
  results.text = await register.metrics();
  results.single = await register.getSingleMetricAsString("metric_total");
  results.same = register.getSingleMetric("metric_total") === counter;
  register.setDefaultLabels({ serviceName: "api-v1" });
  results.defaultLabels = await register.metrics();
  register.resetMetrics();
  results.reset = await register.metrics();
  register.clear();
  results.cleared = await register.metrics();
}

async function labels() {
  const registry = new client.Registry();
  const registers = [registry];
  const gauge = new client.Gauge({
    name: "labelled",
    help: "h",
    labelNames: ["method", "statusCode"],
    registers,
  });
  gauge.set({ method: "GET", statusCode: "200" }, 100);
  gauge.labels({ method: "GET", statusCode: "200" }).inc(1);
  gauge.labels("GET", "200").inc(1);
  gauge.labels("POST", "201").set(5);
  gauge.remove("POST", "201");
  const end = gauge.startTimer({ method: "PUT" });
  end({ statusCode: "500" });
  gauge.set({ method: "PUT", statusCode: "500" }, 1);
  const histogram = new client.Histogram({
    name: "zeroed",
    help: "h",
    buckets: client.linearBuckets(0, 10, 3),
    labelNames: ["method"],
    registers,
  });
  histogram.zero({ method: "GET" });
  histogram.zero({ method: "POST" });
  new client.Histogram({
    name: "exponential",
    help: "h",
    buckets: client.exponentialBuckets(1, 2, 5),
    registers,
  }).observe(3);
  results.labels = await registry.metrics();
  results.json = JSON.stringify(await registry.getMetricsAsJSON());
  const other = new client.Registry();
  const unregistered = new client.Counter({ name: "manual_total", help: "h", registers: [] });
  unregistered.inc(3);
  other.registerMetric(unregistered);
  results.merged = await client.Registry.merge([registry, other]).metrics();
}

async function openMetrics() {
  const registry = new client.Registry();
  registry.setContentType(client.Registry.OPENMETRICS_CONTENT_TYPE);
  const counter = new client.Counter({
    name: "exemplars_total",
    help: "h",
    labelNames: ["a"],
    enableExemplars: true,
    registers: [registry],
  });
  counter.inc({ value: 2, labels: { a: 1 }, exemplarLabels: { traceId: "t1" } });
  const histogram = new client.Histogram({
    name: "exemplars_seconds",
    help: "h",
    buckets: [1, 2],
    enableExemplars: true,
    registers: [registry],
  });
  histogram.observe({ value: 1.5, exemplarLabels: { traceId: "t2" } });
  // prom-client 15 shows what was added, its successor what the counter has reached: here both are 2.
  results.openMetrics = (await registry.metrics()).replace(/ \d{10}(\.\d+)?$/gm, " NOW");
  results.contentTypes = [registry.contentType, client.register.contentType, client.contentType];
}

async function push() {
  const requests = [];
  const gatewayServer = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => body += chunk);
    request.on("end", () => {
      requests.push([request.method, request.url, body]);
      response.end("ok");
    });
  });
  await new Promise((resolve) => gatewayServer.listen(0, "127.0.0.1", resolve));
  const gateway = new client.Pushgateway(`http://127.0.0.1:${gatewayServer.address().port}`);
  new client.Gauge({ name: "pushed", help: "h" }).set(1);
  await gateway.pushAdd({ jobName: "test" });
  await gateway.push({ jobName: "test", groupings: { key: "value" } });
  const { resp, body } = await gateway.delete({ jobName: "test" });
  results.pushed = { requests, status: resp.statusCode, body };
  gatewayServer.close();
}

function errors() {
  const attempt = (call) => {
    try {
      return String(call());
    } catch (error) {
      return `${error.name}: ${error.message}`;
    }
  };
  const counter = new client.Counter({ name: "errors_total", help: "h", labelNames: ["a", "b"] });
  results.errors = [
    () => new client.Counter({ name: "errors_total", help: "again" }),
    () => counter.inc({ c: 1 }),
    () => counter.inc(-1),
    () => counter.labels("x"),
    () => new client.Gauge({ name: "no help" }),
    () => client.linearBuckets(0, 1, 0),
  ].map(attempt);
}

(async () => {
  await defaultRegistry();
  await labels();
  await openMetrics();
  await push();
  errors();
  console.log(JSON.stringify(results));
  process.exit(0);
})();
