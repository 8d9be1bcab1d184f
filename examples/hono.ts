/**
 * A Hono application in one thread, its requests counted by middleware.
 *
 * Run it with `deno run -A examples/hono.ts`.
 *
 * @module
 */
import { Hono } from "npm:hono@4.13.19";
import { streamText } from "npm:hono@4.13.19/streaming";
import { createMetricsHandler, honoMetrics } from "promslab";

const app = new Hono();
app.use(honoMetrics({ exclude: { paths: ["/metrics"] } }));

const metrics = createMetricsHandler();
app.get("/metrics", (context) => metrics(context.req.raw));
app.get("/users/:id", (context) => context.json({ id: context.req.param("id") }));
app.get("/stream", (context) =>
  streamText(context, async (stream) => {
    for (const word of ["one", "two", "three"]) await stream.writeln(word);
  }));
app.get("/fail", () => {
  throw new Error("This route always fails");
});

const port = Number(Deno.env.get("PORT") ?? 8000);
Deno.serve({
  hostname: "127.0.0.1",
  port,
  onListen: ({ port }) => console.log(`listening on http://127.0.0.1:${port}`),
}, app.fetch);
