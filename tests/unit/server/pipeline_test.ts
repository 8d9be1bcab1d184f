import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Collector } from "../../../src/collect/collector.ts";
import { detectHost } from "../../../src/host/detect.ts";
import { Registry } from "../../../src/registry/registry.ts";
import type { ContextScope, Handler } from "../../../src/server/context.ts";
import { AccessLog } from "../../../src/server/access_log.ts";
import { HttpMeter } from "../../../src/server/http/http_meter.ts";
import { createPipeline, type PipelineParts } from "../../../src/server/pipeline.ts";
import { samplesOf } from "../../_support/fleet.ts";

/** A pipeline around a handler, and what it counted and logged. */
function pipelineOf(
  fetch: Handler["fetch"],
  options: { closing?: boolean; instrument?: boolean } & Pick<PipelineParts, "limits" | "accessLog"> = {},
) {
  const registry = new Registry({ slabBytes: 256 * 1024 });
  const collector = new Collector(registry);
  const logged: string[] = [];
  const scope: ContextScope = {
    worker: 3,
    listener: undefined,
    pending: new Set(),
    sockets: new Set(),
    inFlightCount: 0,
    onError: (what, error) => logged.push(`${what}: ${error}`),
  };
  const handle = createPipeline({
    handler: { fetch },
    scope,
    meter: options.instrument === false ? undefined : new HttpMeter({ registry }),
    publish: () => registry.publish(),
    metricsPath: "/metrics",
    scrape: () => Promise.resolve(new Response("scraped")),
    bodies: detectHost().bodies,
    isClosing: () => options.closing ?? false,
    limits: options.limits,
    accessLog: options.accessLog,
  });
  const counted = () =>
    [...samplesOf(collector.blocks())].filter(([name, value]) =>
      name.startsWith("http_requests") && value !== 0
    );
  return {
    handle: async (path: string, init?: RequestInit) =>
      await handle(new Request(`http://localhost${path}`, init), undefined),
    counted,
    logged,
    scope,
  };
}

Deno.test("createPipeline() counts a plain response before it returns it", async () => {
  const { handle, counted } = pipelineOf((_request, context) => {
    context.route = "/users/:id";
    return new Response("hi");
  });
  const response = await handle("/users/17");
  assertEquals(counted(), [['http_requests_total{method="GET",route="/users/:id",status="200"}', 1]]);
  assertEquals(await response.text(), "hi");
});

Deno.test("createPipeline() counts requests without a route, and with an invented method, under one value each", async () => {
  const { handle, counted } = pipelineOf(() => new Response(null, { status: 404 }));
  for (const method of ["GET", "BREW", "STEEP"]) await handle(`/secret/${method}`, { method });
  assertEquals(counted(), [
    ['http_requests_total{method="GET",route="unmatched",status="404"}', 1],
    ['http_requests_total{method="other",route="unmatched",status="404"}', 2],
  ]);
});

Deno.test("createPipeline() turns an exception and a rejection into a 500 that tells nothing", async () => {
  for (
    const fetch of [() => {
      throw new Error("password is 1234");
    }, () => Promise.reject(new Error("password is 1234"))]
  ) {
    const { handle, counted, logged } = pipelineOf(fetch);
    const response = await handle("/x?token=abc");
    assertEquals(response.status, 500);
    assertEquals(await response.text(), "Internal Server Error\n");
    assertEquals(counted(), [['http_requests_total{method="GET",route="unmatched",status="500"}', 1]]);
    assertStringIncludes(logged[0], "password is 1234");
    assert(!logged[0].includes("token"), "the query is not logged");
  }
});

Deno.test("createPipeline() counts a stream when it ends, and has it in flight until then", async () => {
  const { handle, counted } = pipelineOf((_request, context) => {
    context.route = "/s";
    return new Response(ReadableStream.from([new Uint8Array(2), new Uint8Array(3)]), { status: 201 });
  });
  const response = await handle("/s", { method: "POST" });
  assertEquals(counted(), [["http_requests_in_flight", 1]]);
  assertEquals((await response.arrayBuffer()).byteLength, 5);
  assertEquals(counted(), [['http_requests_total{method="POST",route="/s",status="201"}', 1]]);
});

Deno.test("createPipeline() counts a stream whose client leaves as 499", async () => {
  const { handle, counted } = pipelineOf(() => new Response(new ReadableStream()));
  const response = await handle("/s");
  await response.body!.cancel();
  assertEquals(counted(), [['http_requests_total{method="GET",route="unmatched",status="499"}', 1]]);
});

Deno.test("createPipeline() keeps the sent status of a stream that fails, and logs the error", async () => {
  const { handle, counted, logged } = pipelineOf(() =>
    new Response(new ReadableStream({ start: (controller) => controller.error(new Error("torn")) }))
  );
  const response = await handle("/s");
  await response.text().catch(() => {});
  assertEquals(counted(), [['http_requests_total{method="GET",route="unmatched",status="200"}', 1]]);
  assertStringIncludes(logged[0], "torn");
});

Deno.test("createPipeline() counts the answer to HEAD at once, stream or not", async () => {
  const { handle, counted } = pipelineOf(() => new Response(new ReadableStream()));
  await handle("/s", { method: "HEAD" });
  assertEquals(counted(), [['http_requests_total{method="HEAD",route="unmatched",status="200"}', 1]]);
});

Deno.test("createPipeline() answers the metrics path without counting it", async () => {
  const { handle, counted } = pipelineOf(() => new Response("handler"));
  assertEquals(await (await handle("/metrics")).text(), "scraped");
  assertEquals(await (await handle("/metrics?name[]=x")).text(), "scraped");
  assertEquals(await (await handle("/metrics2")).text(), "handler");
  assertEquals(counted().map(([, value]) => value), [1]);
});

Deno.test("createPipeline() tells clients to close when the worker is closing, also on responses of fetch()", async () => {
  const { handle } = pipelineOf((request) => {
    if (request.url.endsWith("/own")) return new Response("x", { headers: { "x-own": "1" } });
    return Response.redirect("http://localhost/elsewhere");
  }, { closing: true });
  const own = await handle("/own");
  assertEquals([own.headers.get("connection"), own.headers.get("x-own")], ["close", "1"]);
  const frozen = await handle("/frozen");
  assertEquals([frozen.headers.get("connection"), frozen.status], ["close", 302]);
});

Deno.test("createPipeline() counts nothing without a meter", async () => {
  const { handle, counted } = pipelineOf(() => new Response("x"), { instrument: false });
  await handle("/");
  assertEquals(counted(), []);
});

Deno.test("context gives the slot, a request id, and keeps promises until they settle", async () => {
  const gate = Promise.withResolvers<void>();
  const ids: string[] = [];
  const { handle, scope, logged } = pipelineOf((_request, context) => {
    assertEquals(context.worker, 3);
    assertEquals(context.requestId, context.requestId);
    ids.push(context.requestId);
    context.waitUntil(gate.promise);
    return new Response(null);
  });
  await handle("/", { headers: { "x-request-id": "abc-123" } });
  await handle("/", { headers: { "x-request-id": "two words" } });
  assertEquals(ids[0], "abc-123");
  assert(/^[0-9a-f-]{36}$/.test(ids[1]), ids[1]);
  assertEquals(scope.pending.size, 2);
  gate.reject(new Error("late"));
  await Promise.all(scope.pending);
  assertEquals(scope.pending.size, 0);
  assertEquals(logged.length, 2);
});

Deno.test("createPipeline() answers 413 for a body that is too long, declared or not", async () => {
  const { handle, counted, logged } = pipelineOf(async (request) => new Response(await request.text()), {
    limits: { bodyBytesMax: 4 },
  });
  assertEquals(await (await handle("/", { method: "POST", body: "1234" })).text(), "1234");
  const declared = await handle("/", { method: "POST", body: "12345", headers: { "content-length": "5" } });
  assertEquals([declared.status, await declared.text()], [413, "Content Too Large\n"]);
  const body = ReadableStream.from([new Uint8Array(9)]);
  assertEquals((await handle("/", { method: "POST", body, duplex: "half" } as RequestInit)).status, 413);
  assertEquals(counted().map(([, value]) => value), [1, 2]);
  assertEquals(logged, []);
});

Deno.test("createPipeline() answers 503 for a handler that takes too long, and aborts its signal", async () => {
  let signal: AbortSignal | undefined;
  const { handle, counted } = pipelineOf((_request, context) => {
    signal = context.signal;
    return new Promise(() => {});
  }, { limits: { responseSeconds: 0.01 } });
  assertEquals((await handle("/")).status, 503);
  assertEquals(signal!.reason.name, "TimeoutError");
  assertEquals(counted(), [['http_requests_total{method="GET",route="unmatched",status="503"}', 1]]);
});

Deno.test("createPipeline() does not take a handler that resolves to nothing for one that takes too long", async () => {
  const { handle, logged } = pipelineOf(() => Promise.resolve(undefined as unknown as Response), {
    limits: { responseSeconds: 60 },
  });
  assertEquals((await handle("/")).status, 500);
  assertEquals(logged.length, 1);
});

Deno.test("createPipeline() answers 503 at once beyond the most requests in flight", async () => {
  const gate = Promise.withResolvers<Response>();
  const { handle, counted } = pipelineOf(() => gate.promise, { limits: { inFlightMax: 2 } });
  const waiting = [handle("/"), handle("/")];
  const refused = await handle("/");
  assertEquals([refused.status, refused.headers.get("retry-after")], [503, "1"]);
  gate.resolve(new Response(null));
  await Promise.all(waiting);
  assertEquals((await handle("/")).status, 200);
  assertEquals(counted().map(([, value]) => value), [3, 1]);
});

Deno.test("createPipeline() refuses WebSockets that were not asked for, or that the host has not", async () => {
  const { handle, logged } = pipelineOf((_request, context) => context.upgradeWebSocket().response);
  const plain = await handle("/");
  assertEquals([plain.status, plain.headers.get("upgrade")], [426, "websocket"]);
  assertEquals((await handle("/", { headers: { upgrade: "WebSocket" } })).status, 501);
  assertEquals(logged, []);
});

Deno.test("createPipeline() logs requests with what is known of them", async () => {
  const lines: string[] = [];
  const accessLog = new AccessLog({ sample: 1 }, { write: (line) => lines.push(line) });
  const { handle } = pipelineOf((_request, context) => {
    context.route = "/users/:id";
    return new Response(null, { status: 201 });
  }, { accessLog });
  await handle("/users/7?token=secret", { method: "PUT", headers: { "x-request-id": "abc" } });
  const { time: _, seconds, ...rest } = JSON.parse(lines[0]);
  assertEquals(seconds >= 0, true);
  assertEquals(rest, {
    worker: 3,
    requestId: "abc",
    remoteAddress: "",
    method: "PUT",
    path: "/users/7",
    route: "/users/:id",
    status: 201,
  });
});

Deno.test("createPipeline() says of a handler that gives no Response that it did not throw", async () => {
  for (
    const [value, kind] of [[undefined, "undefined"], ["text", "a string"], [{ status: 200 }, "an object"]]
  ) {
    for (const answer of [value, Promise.resolve(value)]) {
      const { handle, counted, logged } = pipelineOf(() => answer as Response);
      const response = await handle("/x?token=abc");
      assertEquals([response.status, await response.text()], [500, "Internal Server Error\n"]);
      assertEquals(logged.map((line) => line.replace(/: undefined$/, "")), [
        `GET "/x": the handler returned ${kind} instead of a Response, answered with status 500`,
      ]);
      assertEquals(counted(), [['http_requests_total{method="GET",route="unmatched",status="500"}', 1]]);
    }
  }
});
