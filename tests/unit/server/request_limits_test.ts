import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { BodyTooLargeError, limitBody, plainResponse } from "../../../src/server/request_limits.ts";

const URL_ = "http://localhost/";

/** A request whose body has no declared length. */
function chunked(...sizes: number[]): Request {
  const body = ReadableStream.from(sizes.map((size) => new Uint8Array(size)));
  return new Request(URL_, { method: "POST", body, duplex: "half" } as RequestInit);
}

Deno.test("limitBody() lets bodies pass that are short enough", async () => {
  assertEquals((await limitBody(chunked(3, 4, 3), 10).arrayBuffer()).byteLength, 10);
  const declared = new Request(URL_, { method: "POST", body: "1234", headers: { "content-length": "4" } });
  assertStrictEquals(limitBody(declared, 4), declared);
  const get = new Request(URL_);
  assertStrictEquals(limitBody(get, 0), get);
});

Deno.test("limitBody() fails a body at the chunk that makes it too long", async () => {
  const limited = limitBody(chunked(6, 5, 100), 10);
  const error = await assertRejects(() => limited.arrayBuffer(), BodyTooLargeError);
  assertEquals(error.message, "Cannot read request body: it has more than 10 bytes");
});

Deno.test("limitBody() refuses a declared length at once", () => {
  const declared = new Request(URL_, { method: "POST", body: "12345", headers: { "content-length": "5" } });
  assertThrows(() => limitBody(declared, 4), BodyTooLargeError);
});

Deno.test("plainResponse() says its status and no more", async () => {
  const response = plainResponse(503, { "retry-after": "1" });
  assertEquals([response.status, await response.text()], [503, "Service Unavailable\n"]);
  assertEquals(response.headers.get("retry-after"), "1");
});
