import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import {
  acceptsEncodings,
  eTag,
  ifMatch,
  ifNoneMatch,
  ServerSentEventStream,
  STATUS_CODE,
  STATUS_TEXT,
} from "@std/http";
import { isErrorStatus, isStatus } from "@std/http/status";
import { route } from "@std/http/unstable-route";

function asking(encoding?: string): Request {
  return new Request("http://localhost/", {
    headers: encoding === undefined ? {} : { "accept-encoding": encoding },
  });
}

Deno.test("acceptsEncodings() takes the client's favourite among what is offered", () => {
  assertEquals(acceptsEncodings(asking("br;q=0.5, gzip;q=0.9"), "br", "gzip"), "gzip");
  assertEquals(acceptsEncodings(asking("gzip, br"), "br", "gzip"), "gzip");
  assertEquals(acceptsEncodings(asking("*"), "gzip", "identity"), "gzip");
  assertEquals(acceptsEncodings(asking("deflate"), "gzip", "identity"), "identity");
  assertEquals(acceptsEncodings(asking("gzip;q=0"), "gzip", "identity"), "identity");
  assertEquals(acceptsEncodings(asking("gzip;q=0, *;q=0"), "gzip", "identity"), undefined);
});

Deno.test("acceptsEncodings() without a header takes the first offer", () => {
  assertEquals(acceptsEncodings(asking(), "gzip", "identity"), "gzip");
  assertEquals(acceptsEncodings(asking()), ["*"]);
});

Deno.test("eTag() depends on the content alone", async () => {
  assertEquals(await eTag("body"), await eTag(new TextEncoder().encode("body")));
  assertNotEquals(await eTag("body"), await eTag("bodY"));
  assertEquals((await eTag("body", { weak: true })).slice(0, 3), 'W/"');
});

Deno.test("ifNoneMatch() and ifMatch() follow the comparison rules of weak tags", () => {
  assertEquals(ifNoneMatch('"a", W/"b"', '"b"'), false);
  assertEquals(ifNoneMatch('"a"', '"b"'), true);
  assertEquals(ifNoneMatch("*", '"b"'), false);
  assertEquals(ifNoneMatch(null, '"b"'), true);
  assertEquals(ifMatch('"a", "b"', '"b"'), true);
  assertEquals(ifMatch('W/"b"', 'W/"b"'), false);
});

Deno.test("ServerSentEventStream writes one block per message", async () => {
  const stream = ReadableStream.from([
    { data: "one\ntwo", event: "tick", id: 7 },
    { comment: "alive" },
    { data: "[DONE]", retry: 10 },
  ]).pipeThrough(new ServerSentEventStream());
  const text = await new Response(stream).text();
  assertEquals(text, "event:tick\ndata:one\ndata:two\nid:7\n\n:alive\n\ndata:[DONE]\nretry:10\n\n");
});

Deno.test("ServerSentEventStream rejects a field that would end its line", async () => {
  const stream = ReadableStream.from([{ event: "a\ndata:forged" }]).pipeThrough(new ServerSentEventStream());
  await assertRejects(() => new Response(stream).text(), SyntaxError, "newline");
});

Deno.test("STATUS_TEXT has the registered phrase of every code", () => {
  assertEquals(STATUS_TEXT[STATUS_CODE.OK], "OK");
  assertEquals(STATUS_TEXT[404], "Not Found");
  assertEquals(STATUS_TEXT[431], "Request Header Fields Too Large");
  assertEquals(STATUS_TEXT[505], "HTTP Version Not Supported");
  assertEquals(Object.keys(STATUS_TEXT).length, Object.keys(STATUS_CODE).length);
  assertEquals([isStatus(299), isErrorStatus(404), isErrorStatus(302)], [false, true, false]);
});

Deno.test("route() takes the first route whose pattern and method match", async () => {
  const handler = route([
    {
      pattern: new URLPattern({ pathname: "/users/:id" }),
      handler: (_, match) => new Response(match.pathname.groups.id),
    },
    {
      pattern: new URLPattern({ pathname: "/users/*" }),
      method: ["post", "PUT"],
      handler: () => new Response("stored"),
    },
  ], () => new Response("nothing", { status: 404 }));
  const ask = async (path: string, method = "GET") =>
    await (await handler(new Request(`http://localhost${path}`, { method }))).text();
  assertEquals(await ask("/users/7"), "7");
  assertEquals(await ask("/users/7", "PUT"), "stored");
  assertEquals(await ask("/users/7", "DELETE"), "nothing");
});
