/**
 * A Fastify application in one thread, its requests counted by a hook.
 *
 * Run it with `deno run -A examples/fastify.ts`.
 *
 * @module
 */
import { Readable } from "node:stream";
import Fastify from "npm:fastify@5.12.8";
import { createNodeMetricsHandler, fastifyMetrics } from "promslab";

const app = Fastify();
fastifyMetrics(app, { exclude: { paths: ["/metrics"] } });

const metrics = createNodeMetricsHandler();
app.get("/metrics", async (request, reply) => {
  reply.hijack();
  await metrics(request.raw, reply.raw);
});
app.get<{ Params: { id: string } }>("/users/:id", (request) => Promise.resolve({ id: request.params.id }));
app.get("/stream", (_request, reply) => reply.send(Readable.from(["one\n", "two\n", "three\n"])));
app.get("/fail", () => Promise.reject(new Error("This route always fails")));

const address = await app.listen({ host: "127.0.0.1", port: Number(Deno.env.get("PORT") ?? 8000) });
console.log(`listening on ${address}`);
