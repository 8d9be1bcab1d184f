import { assertEquals } from "@std/assert";
import { Collector } from "../../../../src/collect/collector.ts";
import { Registry } from "../../../../src/registry/registry.ts";
import {
  expressMetrics,
  fastifyMetrics,
  type NodeResponse,
} from "../../../../src/server/http/node_middleware.ts";
import { samplesOf } from "../../../_support/fleet.ts";

/** A response that notes what was written, and what had been counted when its end was passed on. */
function fakeResponse(countedAtEnd: () => unknown) {
  const calls: unknown[] = [];
  let close = () => {};
  const response: NodeResponse = {
    statusCode: 200,
    write: (chunk: unknown) => {
      calls.push(["write", chunk]);
      return true;
    },
    end: (chunk: unknown) => calls.push(["end", chunk, countedAtEnd()]),
    setHeader: () => {},
    on: (_event, listener) => close = listener,
  };
  return { response, calls, close: () => close() };
}

function counting() {
  const registry = new Registry({ slabBytes: 1 << 20 });
  const collector = new Collector(registry);
  const counted = (prefix = "http_requests_total") =>
    Object.fromEntries([...samplesOf(collector.blocks())].filter(([name]) => name.startsWith(prefix)));
  return { registry, counted };
}

Deno.test("expressMetrics() counts before the end is passed on, by the mounted route", () => {
  const { registry, counted } = counting();
  const { response, calls } = fakeResponse(counted);
  const request = {
    method: "GET",
    originalUrl: "/users/7?x=1",
    headers: {},
    baseUrl: "/users",
    route: { path: "/:id" },
  };
  let nexts = 0;
  expressMetrics({ registry })(request, response, () => nexts++);
  response.end("hi");
  const expected = { 'http_requests_total{method="GET",route="/users/:id",status="200"}': 1 };
  assertEquals([calls, nexts], [[["end", "hi", expected]], 1]);
});

Deno.test("expressMetrics() tells of streams, and counts the last chunk too", () => {
  const { registry, counted } = counting();
  const { response } = fakeResponse(counted);
  expressMetrics({ registry })({ method: "GET", originalUrl: "/s", headers: {} }, response, () => {});
  response.write("äb");
  response.write(new Uint8Array(4));
  response.end("x");
  assertEquals(Object.values(counted("http_response_streamed_bytes_total")), [8]);
});

Deno.test("expressMetrics() counts a client that leaves as 499, once", () => {
  const { registry, counted } = counting();
  const { response, close } = fakeResponse(counted);
  expressMetrics({ registry })({ method: "GET", originalUrl: "/s", headers: {} }, response, () => {});
  close();
  response.end();
  close();
  assertEquals(counted(), { 'http_requests_total{method="GET",route="unmatched",status="499"}': 1 });
});

Deno.test("expressMetrics() leaves excluded requests alone", () => {
  const { registry, counted } = counting();
  const { response } = fakeResponse(counted);
  const { write, end } = response;
  const middleware = expressMetrics({ registry, exclude: { paths: ["/health"] } });
  middleware({ method: "GET", originalUrl: "/health?deep", headers: {} }, response, () => {});
  assertEquals([response.write === write, response.end === end], [true, true]);
});

Deno.test("fastifyMetrics() counts by Fastify's route", () => {
  const { registry, counted } = counting();
  const hooks: Parameters<Parameters<typeof fastifyMetrics>[0]["addHook"]>[1][] = [];
  fastifyMetrics({ addHook: (_name, hook) => hooks.push(hook) }, { registry, sizes: true });
  const { response } = fakeResponse(counted);
  const raw = { method: "POST", url: "/users/7?x", headers: { "content-length": "12" } };
  let done = 0;
  hooks[0]({ raw, routeOptions: { url: "/users/:id" } }, { raw: response }, () => done++);
  response.statusCode = 201;
  response.end("okay");
  assertEquals(done, 1);
  assertEquals(counted(), { 'http_requests_total{method="POST",route="/users/:id",status="201"}': 1 });
  assertEquals(Object.values(counted("http_request_size_bytes_sum")), [12]);
  assertEquals(Object.values(counted("http_response_size_bytes_sum")), [4]);
});
