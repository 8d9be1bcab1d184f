/**
 * A Hono application on several workers: `serve()` counts the requests, Hono's route names them.
 *
 * Run it with `deno task serve ./examples/hono_workers.ts`.
 *
 * @module
 */
import { Hono } from "npm:hono@4.13.19";
import { type Context, Counter } from "promslab";

const greetings = new Counter({ name: "greetings_total", help: "Users greeted." });

const app = new Hono<{ Bindings: Context }>();
app.use(async (context, next) => {
  await next();
  // `serve()` hands its context over as Hono's bindings.
  if (context.res.status !== 404) context.env.route = context.req.routePath;
});
app.get("/users/:id", (context) => {
  greetings.inc();
  return context.json({ id: context.req.param("id"), worker: context.env.worker });
});

export default app;
