import { assertEquals, assertRejects } from "@std/assert";
import { Collector } from "../../../../src/collect/collector.ts";
import { Registry } from "../../../../src/registry/registry.ts";
import { honoMetrics, measureFetch, oakMetrics } from "../../../../src/server/http/fetch_middleware.ts";
import { samplesOf } from "../../../_support/fleet.ts";

function counting() {
  const registry = new Registry({ slabBytes: 1 << 20 });
  const collector = new Collector(registry);
  const counted = () =>
    [...samplesOf(collector.blocks())].filter(([name]) => name.startsWith("http_requests_total"));
  return { registry, counted };
}

Deno.test("measureFetch() counts answers by the route that was noted, and exceptions as 500", async () => {
  const { registry, counted } = counting();
  const handler = measureFetch((request, notes) => {
    notes.route = "/:what";
    if (request.url.endsWith("/bad")) throw new Error("bad");
    return new Response("ok");
  }, { registry });
  assertEquals(await (await handler(new Request("http://localhost/good"))).text(), "ok");
  await assertRejects(() => handler(new Request("http://localhost/bad")), Error, "bad");
  assertEquals(counted(), [
    ['http_requests_total{method="GET",route="/:what",status="200"}', 1],
    ['http_requests_total{method="GET",route="/:what",status="500"}', 1],
  ]);
});

Deno.test("measureFetch() counts a stream at its end", async () => {
  const { registry, counted } = counting();
  const handler = measureFetch(() => new Response(ReadableStream.from([new Uint8Array(3)])), { registry });
  const response = await handler(new Request("http://localhost/"));
  assertEquals(counted(), []);
  await response.arrayBuffer();
  assertEquals(counted().map(([, value]) => value), [1]);
});

Deno.test("honoMetrics() keeps the response's headers and takes the route of the last handler", async () => {
  const { registry, counted } = counting();
  const middleware = honoMetrics({ registry });
  const context = {
    req: { raw: new Request("http://localhost/x"), routePath: "/*" },
    res: new Response(null, { status: 404 }),
  };
  await middleware(context, () => {
    context.req.routePath = "/x";
    context.res = new Response(ReadableStream.from([new Uint8Array(1)]), { headers: { "x-a": "b" } });
    return Promise.resolve();
  });
  assertEquals(context.res.headers.get("x-a"), "b");
  await context.res.arrayBuffer();
  await middleware(
    { ...context, req: { ...context.req, routePath: "/*" }, res: new Response(null) },
    async () => {},
  );
  assertEquals(counted(), [
    ['http_requests_total{method="GET",route="/x",status="200"}', 1],
    ['http_requests_total{method="GET",route="unmatched",status="200"}', 1],
  ]);
});

Deno.test("oakMetrics() counts by the router's path, streams at their end, exceptions as 500", async () => {
  const { registry, counted } = counting();
  const middleware = oakMetrics({ registry });
  const contextOf = (body: unknown, status = 200) => ({
    request: { method: "GET", url: new URL("http://localhost/u/1"), headers: new Headers() },
    response: { status, body, headers: new Headers() },
    matched: [{ path: "/u" }, { path: "/u/:id" }],
  });
  await middleware(contextOf("text"), async () => {});
  await middleware(contextOf(null, 204), async () => {});
  const streamed = contextOf(ReadableStream.from([new Uint8Array(5)]), 201);
  await middleware(streamed, async () => {});
  assertEquals(counted().length, 2);
  await new Response(streamed.response.body as ReadableStream).arrayBuffer();
  await assertRejects(() => middleware(contextOf(""), () => Promise.reject(new Error("bad"))), Error, "bad");
  assertEquals(
    counted(),
    [200, 201, 204, 500].map((status) => [
      `http_requests_total{method="GET",route="/u/:id",status="${status}"}`,
      1,
    ]),
  );
});
