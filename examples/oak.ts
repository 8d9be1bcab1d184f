/**
 * An Oak application in one thread, its requests counted by middleware.
 *
 * Run it with `deno run -A examples/oak.ts`.
 *
 * @module
 */
import { Application, Router } from "npm:@oakserver/oak@14.1.0";
import { createMetricsHandler, oakMetrics } from "promslab";

const metrics = createMetricsHandler();
const router = new Router();
router.get("/metrics", async (context) => {
  const { url, headers } = context.request;
  const answer = await metrics(new Request(url, { headers }));
  context.response.headers = new Headers(answer.headers);
  context.response.body = answer.body;
});
router.get("/users/:id", (context) => {
  context.response.body = { id: context.params.id };
});
router.get("/stream", (context) => {
  const encoder = new TextEncoder();
  context.response.body = ReadableStream.from(
    ["one\n", "two\n", "three\n"].map((line) => encoder.encode(line)),
  );
});
router.get("/fail", () => {
  throw new Error("This route always fails");
});

const app = new Application({ logErrors: false });
app.use(oakMetrics({ exclude: { paths: ["/metrics"] } }));
app.use(router.routes());
app.addEventListener("listen", ({ port }) => console.log(`listening on http://127.0.0.1:${port}`));
await app.listen({ hostname: "127.0.0.1", port: Number(Deno.env.get("PORT") ?? 8000) });
