import { assertEquals, assertStrictEquals } from "@std/assert";
import { Measurement } from "../../../../src/server/http/measurement.ts";
import type { BodySizes, Meter } from "../../../../src/server/http/meter.ts";

/** A measurement whose client can leave. */
class Measured extends Measurement {
  route: string | undefined = "/items/:id";
  left = false;
  readonly told: string[] = [];

  protected override hasClientLeft(): boolean {
    return this.left;
  }
  protected override clientLeft(): void {
    this.told.push("client left");
  }
  protected override streamFailed(error: unknown): void {
    this.told.push(`failed: ${(error as Error).message}`);
  }
  protected override ended(status: number): void {
    this.told.push(`ended ${status}`);
  }
}

/** A measurement of a request, and what the meter is told of it. Bodies are streams if they were made of one. */
function measure(
  request: Request = new Request("http://server/items/7?a=b", { headers: { "x-a": "b" } }),
  options: { counts?: boolean; wantsSizes?: boolean; streamed?: boolean } = {},
) {
  const told: string[] = [];
  let sizes: BodySizes | undefined;
  const meter: Meter = {
    wantsSizes: options.wantsSizes ?? false,
    begin: ({ method, url }) => {
      told.push(`begin ${method} ${url}`);
      return options.counts ?? true;
    },
    end: ({ status, route, path }, milliseconds, given) => {
      assertEquals(milliseconds >= 0, true);
      sizes = given;
      told.push(`end ${status} ${route} ${path}`);
    },
    firstByte: (_, milliseconds) => {
      assertEquals(milliseconds >= 0, true);
      told.push("first byte");
      return (bytes) => void told.push(`${bytes} bytes`);
    },
    streamEnd: () => void told.push("stream end"),
  };
  const measured = new Measured({
    meter,
    publish: () => void told.push("publish"),
    bodies: { isStreamed: () => options.streamed ?? false, readyBytes: () => 42 },
  }, request);
  return { measured, told, sizes: () => sizes };
}

/** A stream that gives chunks of so many bytes. */
function streamOf(...sizes: number[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  return ReadableStream.from(sizes.map((size) => new Uint8Array(size)));
}

Deno.test("Measurement shows the request to whoever counts it", () => {
  const { measured } = measure();
  assertEquals([measured.method, measured.url, measured.path], [
    "GET",
    "http://server/items/7?a=b",
    "/items/7",
  ]);
  assertEquals([measured.header("X-A"), measured.header("x-b")], ["b", null]);
});

Deno.test("Measurement counts a response that is ready before it goes out, and leaves it as it is", () => {
  const { measured, told } = measure();
  const response = new Response("ok", { status: 201 });
  assertStrictEquals(measured.finish(response), response);
  assertEquals(told, [
    "begin GET http://server/items/7?a=b",
    "end 201 /items/:id /items/7",
    "publish",
  ]);
  assertEquals([measured.status, measured.told], [201, ["ended 201"]]);
});

Deno.test("Measurement counts a streamed response when its last byte is handed over, not before", async () => {
  const { measured, told } = measure(undefined, { streamed: true });
  const headers = { "x-kept": "yes" };
  const response = measured.finish(
    new Response(streamOf(3, 4), { status: 206, statusText: "Part", headers }),
  );
  assertEquals([response.status, response.statusText, response.headers.get("x-kept")], [206, "Part", "yes"]);
  assertEquals([told.length, measured.status], [1, 206], "the status is known to who counts the first byte");
  assertEquals((await response.bytes()).length, 7);
  assertEquals(told.slice(1), [
    "first byte",
    "3 bytes",
    "4 bytes",
    "end 206 /items/:id /items/7",
    "stream end",
    "publish",
  ]);
});

Deno.test("Measurement knows the end of a stream by its declared length, before it is closed", async () => {
  const { measured, told } = measure(undefined, { streamed: true });
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(new Uint8Array(5)),
  });
  const response = measured.finish(new Response(body, { headers: { "content-length": "5" } }));
  const reader = response.body!.getReader();
  await reader.read();
  assertEquals(told.at(-1), "publish");
  await reader.cancel();
  assertEquals(measured.told, ["ended 200"], "who leaves after the last byte has not left");
});

Deno.test("Measurement counts a stream that its client leaves as 499", async () => {
  const { measured, told } = measure(undefined, { streamed: true });
  const reader = measured.finish(new Response(streamOf(3, 4))).body!.getReader();
  await reader.read();
  await reader.cancel();
  assertEquals(told.slice(-3), ["end 499 /items/:id /items/7", "stream end", "publish"]);
  assertEquals(measured.told, ["client left", "ended 499"]);
});

Deno.test("Measurement counts a stream that fails with the status that was sent, and says why", async () => {
  const { measured, told } = measure(undefined, { streamed: true });
  const body = new ReadableStream({ pull: (controller) => controller.error(new Error("torn")) });
  const response = measured.finish(new Response(body));
  await response.bytes().catch(() => {});
  assertEquals([measured.told, told.slice(1)], [
    ["failed: torn", "ended 200"],
    ["end 200 /items/:id /items/7", "publish"],
  ]);
});

Deno.test("Measurement does not watch a body that nobody gets", () => {
  const head = measure(new Request("http://server/", { method: "HEAD" }), { streamed: true });
  const response = new Response(streamOf(3));
  assertStrictEquals(head.measured.finish(response), response);
  assertEquals(head.told.at(-2), "end 200 /items/:id /");
  const empty = measure(undefined, { streamed: true });
  const none = new Response(null, { status: 204 });
  assertStrictEquals(empty.measured.finish(none), none);
});

Deno.test("Measurement counts a handler that threw as 500, and as 499 if its client had left", () => {
  for (const [left, status] of [[false, 500], [true, 499]] as const) {
    const { measured, told } = measure();
    measured.left = left;
    measured.fail();
    assertEquals([told[1], measured.status], [`end ${status} /items/:id /items/7`, status]);
  }
  const { measured } = measure();
  measured.left = true;
  measured.finish(new Response("ok"));
  assertEquals(measured.status, 499);
});

Deno.test("Measurement tells the meter nothing of a request that is not to be counted", async () => {
  const { measured, told } = measure(undefined, { counts: false, streamed: true });
  await measured.finish(new Response(streamOf(3))).bytes();
  assertEquals([told.length, measured.told], [1, ["ended 200"]], "the server itself still learns of its end");
});

Deno.test("Measurement works without a meter", () => {
  const bodies = { isStreamed: () => false, readyBytes: () => 0 };
  let published = 0;
  const parts = { meter: undefined, publish: () => void published++, bodies };
  const measured = new Measured(parts, new Request("http://server/"));
  measured.finish(new Response("ok"));
  assertEquals([measured.told, published], [["ended 200"], 0]);
});

Deno.test("Measurement knows the sizes of bodies, as far as they can be known", async () => {
  const post = (headers: Record<string, string> = {}) =>
    new Request("http://server/", { method: "POST", body: "abc", headers });
  const sizesOf = (request: Request, response = new Response("ok")) => {
    const { measured, sizes } = measure(request, { wantsSizes: true });
    measured.finish(response);
    return sizes();
  };
  assertEquals(sizesOf(post({ "content-length": "3" })), { request: 3, response: 42 });
  assertEquals(sizesOf(post()), { request: undefined, response: 42 }, "nobody announced its length");
  assertEquals(sizesOf(new Request("http://server/")), { request: 0, response: 42 });
  assertEquals(sizesOf(new Request("http://server/", { method: "HEAD" })), { request: 0, response: 0 });
  const streamed = measure(undefined, { wantsSizes: true, streamed: true });
  await streamed.measured.finish(new Response(streamOf(3, 4))).bytes();
  assertEquals(streamed.sizes(), { request: 0, response: 7 });
  const failed = measure(undefined, { wantsSizes: true });
  failed.measured.fail();
  assertEquals(failed.sizes(), { request: 0, response: 0 });
  const unwanted = measure();
  unwanted.measured.finish(new Response("ok"));
  assertEquals(unwanted.sizes(), undefined);
});
