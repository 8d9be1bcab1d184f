// An Express application whose requests express-prom-bundle measures; it requires prom-client by itself.
const express = require("express");
const promBundle = require("express-prom-bundle");
const client = require("prom-client");

async function serve(options) {
  client.register.clear();
  const app = express();
  let open = 0;
  let idle;
  app.use((_request, response, next) => {
    open++;
    response.on("close", () => --open === 0 && idle?.());
    next();
  });
  app.use(promBundle(options));
  app.get("/users/:id", (request, response) => response.send(request.params.id));
  app.post("/orders", (_request, response) => response.status(201).end());
  app.get("/fails", (_request, response) => response.status(500).end());
  const server = await new Promise((resolve) => {
    const listening = app.listen(0, "127.0.0.1", () => resolve(listening));
  });
  const url = `http://127.0.0.1:${server.address().port}`;
  const request = async (path, init) => (await fetch(url + path, init)).text();
  for (let id = 0; id < 3; id++) await request(`/users/${id}`);
  await request("/orders", { method: "POST" });
  await request("/fails");
  await request("/unknown");
  // The last response is counted when it has ended, which may be after it was read.
  if (open > 0) await new Promise((resolve) => idle = resolve);
  const text = await request("/metrics");
  server.close();
  return text;
}

(async () => {
  const histogram = await serve({ includeMethod: true, includePath: true, customLabels: { project: "x" } });
  const summary = await serve({ metricType: "summary", includeMethod: true, includeUp: false });
  const defaults = await serve({ promClient: { collectDefaultMetrics: { prefix: "app_" } } });
  console.log(JSON.stringify({ histogram, summary, defaults }));
  process.exit(0);
})();
