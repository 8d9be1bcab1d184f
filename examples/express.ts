/**
 * An Express application in one thread, its requests counted by middleware.
 *
 * Run it with `deno run -A examples/express.ts`.
 *
 * @module
 */
// @ts-types="npm:@types/express@5.0.6"
import express from "npm:express@5.3.0";
import { createNodeMetricsHandler, expressMetrics } from "promslab";

const app = express();
app.use(expressMetrics({ exclude: { paths: ["/metrics"] } }));
app.get("/metrics", createNodeMetricsHandler());

const users = express.Router();
users.get("/:id", (request, response) => {
  response.json({ id: request.params.id });
});
app.use("/users", users);
app.get("/stream", (_request, response) => {
  for (const word of ["one", "two", "three"]) response.write(`${word}\n`);
  response.end();
});
app.get("/fail", () => {
  throw new Error("This route always fails");
});

const port = Number(Deno.env.get("PORT") ?? 8000);
const server = app.listen(port, "127.0.0.1", () => {
  const address = server.address();
  console.log(`listening on http://127.0.0.1:${typeof address === "object" ? address?.port : port}`);
});
