import { assertEquals, assertRejects } from "@std/assert";
import { gunzipSync } from "node:zlib";
import { sendHttp } from "../../../src/host/http_send.ts";

function serveOnce(answer: (request: Request) => Response | Promise<Response>) {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, answer);
}

function urlOf(server: Deno.HttpServer<Deno.NetAddr>): URL {
  return new URL(`http://127.0.0.1:${server.addr.port}/push`);
}

const MESSAGE = { timedOut: "no answer in time" };

Deno.test("sendHttp() sends method, headers and body, and reads the whole answer", async () => {
  await using server = serveOnce(async (request) =>
    new Response(`${request.method} ${request.headers.get("x-a")} ${await request.text()}`, { status: 202 })
  );
  const options = { method: "PUT", headers: { "x-a": "1" } };
  const { status, body } = await sendHttp(urlOf(server), options, { ...MESSAGE, body: "b".repeat(100_000) });
  assertEquals([status, body], [202, `PUT 1 ${"b".repeat(100_000)}`]);
  const without = await sendHttp(urlOf(server), { method: "DELETE", headers: { "x-a": "2" } }, MESSAGE);
  assertEquals(without.body, "DELETE 2 ");
});

Deno.test("sendHttp() compresses the body if it is told to", async () => {
  await using server = serveOnce(async (request) => {
    const bytes = new Uint8Array(await request.arrayBuffer());
    return new Response(`${bytes.length < 1000} ${gunzipSync(bytes).toString().length}`);
  });
  const message = { ...MESSAGE, body: "x".repeat(50_000), gzip: true };
  assertEquals((await sendHttp(urlOf(server), { method: "POST" }, message)).body, "true 50000");
});

Deno.test("sendHttp() gives up after the timeout, in the caller's words, and on a refused connection", async () => {
  const silent = Promise.withResolvers<Response>();
  await using server = serveOnce(() => silent.promise);
  await assertRejects(
    () => sendHttp(urlOf(server), { method: "GET", timeout: 50 }, MESSAGE),
    Error,
    "no answer in time",
  );
  silent.resolve(new Response(null));
  const closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = closed.addr as Deno.NetAddr;
  closed.close();
  await assertRejects(
    () => sendHttp(new URL(`http://127.0.0.1:${port}/`), { method: "GET" }, MESSAGE),
    Error,
  );
});

Deno.test("sendHttp() counts the timeout anew with each part of the answer", async () => {
  // Twelve parts, each 250 ms after the one before it: longer in all than the timeout, but never silent for nearly so long.
  await using server = serveOnce(() => {
    let parts = 0;
    const stream = new ReadableStream({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 250));
        controller.enqueue(new TextEncoder().encode("part "));
        if (++parts === 12) controller.close();
      },
    });
    return new Response(stream);
  });
  const { body } = await sendHttp(urlOf(server), { method: "GET", timeout: 2900 }, MESSAGE);
  assertEquals(body, "part ".repeat(12));
});
