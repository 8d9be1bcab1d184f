// A Hono application whose requests @hono/prometheus measures; it imports prom-client by itself.
import process from "node:process";
import { prometheus } from "@hono/prometheus";
import { Hono } from "hono";
import { Registry } from "prom-client";

const registry = new Registry();
const { printMetrics, registerMetrics } = prometheus({
  registry,
  collectDefaultMetrics: true,
  prefix: "my_",
});
const app = new Hono();
app.use("*", registerMetrics);
app.get("/metrics", printMetrics);
app.get("/users/:id", (context) => context.text(context.req.param("id")));
app.post("/orders", (context) => context.text("made", 201));
for (let id = 0; id < 3; id++) await app.request(`/users/${id}`);
await app.request("/orders", { method: "POST" });
await app.request("/unknown");
const response = await app.request("/metrics");
console.log(JSON.stringify({ text: await response.text() }));
process.exit(0);
