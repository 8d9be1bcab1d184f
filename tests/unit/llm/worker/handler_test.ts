import { assertEquals } from "@std/assert";
import type { Context } from "../../../../src/server/context.ts";
import { DEFAULT_GATEWAY_CONFIG } from "../../../../src/llm/gateway/gateway_config.ts";
import handler from "../../../../src/llm/worker/handler.ts";

function context(): Context {
  const { signal } = new AbortController();
  const upgradeWebSocket = () => {
    throw new Error("no test asks for a socket");
  };
  return {
    worker: 0,
    requestId: "id",
    remoteAddress: "",
    signal,
    route: undefined,
    waitUntil: () => {},
    upgradeWebSocket,
  };
}

Deno.test("handler answers as a gateway when it is told to be one, and names the route", async () => {
  await using upstream = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => Response.json({ data: [{ id: "model-a" }] }),
  );
  const gateway = {
    ...DEFAULT_GATEWAY_CONFIG,
    healthMs: 3_600_000,
    upstreams: [{ url: `http://127.0.0.1:${upstream.addr.port}` }],
  };
  const timers = new Set<ReturnType<typeof setInterval>>();
  const { setInterval } = globalThis;
  globalThis.setInterval = ((run: () => void, ms: number) => {
    const timer = setInterval(run, ms);
    timers.add(timer);
    return timer;
  }) as typeof setInterval;
  try {
    await handler.start!({ worker: 0, epoch: 1, data: { kind: "gateway", gateway }, onMessage: () => {} });
  } finally {
    globalThis.setInterval = setInterval;
  }
  const told = context();
  const response = await handler.fetch(new Request("http://server/v1/models"), told);
  assertEquals([(await response.json()).data[0].id, told.route], ["model-a", "/v1/models"]);
  assertEquals((await handler.fetch(new Request("http://server/health"), context())).status, 200);
  assertEquals((await handler.fetch(new Request("http://server/nothing"), context())).status, 404);
  for (const timer of timers) clearInterval(timer);
});
