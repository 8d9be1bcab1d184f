// A Fastify application whose requests fastify-metrics measures; it requires prom-client by itself, or its successor.
const fastify = require("fastify");
const metrics = require(
  process.env.CLIENT === "prom-client" ? "fastify-metrics" : "fastify-metrics-of-successor",
);

(async () => {
  const app = fastify();
  await app.register(metrics, { endpoint: "/metrics", defaultMetrics: { enabled: true } });
  app.get("/users/:id", (request) => request.params.id);
  app.post("/orders", (_request, reply) => reply.code(201).send());
  app.get("/fails", () => {
    throw new Error("on purpose");
  });
  await app.ready();
  for (let id = 0; id < 3; id++) await app.inject(`/users/${id}`);
  await app.inject({ method: "POST", url: "/orders" });
  await app.inject("/fails");
  await app.inject("/unknown");
  const response = await app.inject("/metrics");
  console.log(JSON.stringify({ contentType: response.headers["content-type"], text: response.body }));
  process.exit(0);
})();
