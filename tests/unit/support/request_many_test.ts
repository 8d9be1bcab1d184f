import { assert, assertEquals } from "@std/assert";
import { freePort } from "../../_support/free_port.ts";
import { requestMany } from "../../_support/request_many.ts";

Deno.test("requestMany() sends each request once and counts by status", async () => {
  const seen = new Set<string>();
  const ports = { kept: new Set<number>(), short: new Set<number>() };
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    (request, { remoteAddr }) => {
      const { pathname, search } = new URL(request.url);
      seen.add(pathname + search);
      (pathname === "/kept" ? ports.kept : ports.short).add(remoteAddr.port);
      return new Response("x", { status: search.endsWith("7") ? 500 : 200 });
    },
  );
  const base = `http://127.0.0.1:${server.addr.port}`;
  const kept = await requestMany({ url: (index) => `${base}/kept?${index}`, total: 40, concurrency: 4 });
  const short = await requestMany({ url: (index) => `${base}/short?${index}`, total: 20, keepAlive: false });
  assertEquals(seen.size, 60);
  assertEquals([...kept.statuses].sort(), [[200, 36], [500, 4]]);
  assertEquals([kept.answered, short.answered, kept.errors.size], [40, 20, 0]);
  assert(ports.kept.size <= 8, `kept-alive requests used ${ports.kept.size} connections`);
  assertEquals(ports.short.size, 20);
});

Deno.test("requestMany() counts what fails, and goes on", async () => {
  const result = await requestMany({ url: `http://127.0.0.1:${freePort()}/`, total: 5, concurrency: 2 });
  assertEquals(result.answered, 0);
  assertEquals([...result.errors.values()].reduce((sum, count) => sum + count, 0), 5);
});

Deno.test("requestMany() begins no request after its signal", async () => {
  const result = await requestMany({ url: "http://127.0.0.1:1/", total: 5, signal: AbortSignal.abort() });
  assertEquals([result.answered, result.errors.size], [0, 0]);
});
