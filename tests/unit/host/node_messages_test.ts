import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { sendResponse, toRequest } from "../../../src/host/node_messages.ts";
import { waitFor } from "../../_support/wait_for.ts";

type Answer = (incoming: IncomingMessage, outgoing: ServerResponse) => unknown;

/** A server of `node:http` for one test. */
class NodeServer implements AsyncDisposable {
  readonly url: string;
  readonly #server: ReturnType<typeof createServer>;

  private constructor(server: ReturnType<typeof createServer>) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  }

  static async start(answer: Answer): Promise<NodeServer> {
    const server = createServer((incoming, outgoing) => void answer(incoming, outgoing));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new NodeServer(server);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const WHOLE = { streamed: false, bodiless: false };
const STREAMED = { streamed: true, bodiless: false };

Deno.test("toRequest() has method, URL, all headers and the body", async () => {
  let seen: Request | undefined;
  let body = "";
  await using server = await NodeServer.start(async (incoming, outgoing) => {
    seen = toRequest(incoming, "https");
    body = await seen.text();
    outgoing.end();
  });
  const headers = new Headers([["x-a", "1"], ["x-a", "2"]]);
  const response = await fetch(`${server.url}/path?q=1`, { method: "PUT", headers, body: "what was sent" });
  await response.body?.cancel();
  assertEquals([seen!.method, body, seen!.headers.get("x-a")], ["PUT", "what was sent", "1, 2"]);
  assertEquals(seen!.url, `${server.url.replace("http:", "https:")}/path?q=1`);
});

Deno.test("toRequest() takes the targets of HTTP and refuses what no Request can carry", () => {
  const incoming = (changes: object) =>
    ({
      rawHeaders: [],
      headers: { host: "shop" },
      url: "/",
      method: "GET",
      ...changes,
    }) as unknown as IncomingMessage;
  assertEquals(toRequest(incoming({}), "http").url, "http://shop/");
  assertEquals(toRequest(incoming({ headers: {} }), "http").url, "http://localhost/");
  assertEquals(toRequest(incoming({ url: "*", method: "HEAD" }), "http").url, "http://shop/");
  assertEquals(toRequest(incoming({ url: "http://other/x" }), "http").url, "http://other/x");
  for (const wrong of [{ url: "nowhere" }, { headers: { host: "a b" } }, { rawHeaders: ["a b", "1"] }]) {
    assertThrows(() => toRequest(incoming(wrong), "http"), TypeError);
  }
});

Deno.test("sendResponse() sends status, headers, each cookie by itself, and the length", async () => {
  const headers = new Headers([["x-a", "1"], ["set-cookie", "a=1"], ["set-cookie", "b=2"]]);
  await using server = await NodeServer.start((_, outgoing) =>
    sendResponse(new Response("whole", { status: 201, headers }), outgoing, WHOLE)
  );
  const response = await fetch(server.url);
  assertEquals([response.status, await response.text()], [201, "whole"]);
  assertEquals([response.headers.get("x-a"), response.headers.get("content-length")], ["1", "5"]);
  assertEquals(response.headers.getSetCookie(), ["a=1", "b=2"]);
});

Deno.test("sendResponse() sends no body where there is none by definition, and reads no stream for a HEAD", async () => {
  let cancelled = false;
  await using server = await NodeServer.start((incoming, outgoing) => {
    if (incoming.url === "/none") return sendResponse(new Response(null, { status: 204 }), outgoing, WHOLE);
    const stream = new ReadableStream({ cancel: () => void (cancelled = true) });
    return sendResponse(new Response(stream), outgoing, { streamed: true, bodiless: true });
  });
  const none = await fetch(`${server.url}/none`);
  assertEquals([none.status, await none.text()], [204, ""]);
  const head = await fetch(server.url, { method: "HEAD" });
  assertEquals([head.status, await head.text()], [200, ""]);
  await waitFor(() => cancelled, { what: "the stream that nobody reads to be cancelled" });
});

Deno.test("sendResponse() cancels the stream of a client that leaves", async () => {
  let cancelled = false;
  await using server = await NodeServer.start((_, outgoing) => {
    const stream = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode("first")),
      cancel: () => void (cancelled = true),
    });
    return sendResponse(new Response(stream), outgoing, STREAMED);
  });
  const reader = (await fetch(server.url)).body!.getReader();
  assertEquals(new TextDecoder().decode((await reader.read()).value), "first");
  assertEquals(cancelled, false);
  await reader.cancel();
  await waitFor(() => cancelled, { what: "the stream to be cancelled" });
});

Deno.test("sendResponse() cuts the connection when a stream fails, so that nobody takes a part for the whole", async () => {
  await using server = await NodeServer.start((_, outgoing) => {
    let sent = 0;
    const stream = new ReadableStream({
      pull(controller) {
        if (sent++ > 0) controller.error(new Error("the source broke"));
        else controller.enqueue(new TextEncoder().encode("a part"));
      },
    }, { highWaterMark: 0 });
    return sendResponse(new Response(stream), outgoing, STREAMED);
  });
  const error = await assertRejects(async () => await (await fetch(server.url)).text(), TypeError);
  assertMatch(error.message, /error reading a body|connection|incomplete|closed/i);
  assert(error.message.length > 0);
});
