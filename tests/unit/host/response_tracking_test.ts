import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import type { BodyJudge } from "../../../src/host/types.ts";
import { trackResponses } from "../../../src/host/response_tracking.ts";

/** Runs with a tracking `Response` in place, and puts the runtime's own back. */
async function tracked(
  run: (bodies: BodyJudge) => void | Promise<void>,
): Promise<void> {
  const native = globalThis.Response;
  try {
    await run(trackResponses());
  } finally {
    globalThis.Response = native;
  }
}

Deno.test("trackResponses() knows which bodies are streams", async () => {
  await tracked(({ isStreamed, readyBytes }) => {
    for (
      const body of ["text", null, undefined, new Uint8Array(2), new Blob(["x"]), new URLSearchParams("a=1")]
    ) {
      assertEquals(isStreamed(new Response(body)), false);
    }
    assertEquals(isStreamed(Response.json({ a: 1 })), false);
    assertEquals(isStreamed(Response.redirect("http://localhost/")), false);
    assertEquals(isStreamed(new Response(new ReadableStream())), true);
    assertEquals(isStreamed(new Response("text").clone()), true);
    const sizes = ["täxt", null, new Uint8Array(2), new Blob(["xyz"]), new URLSearchParams("a=1")].map((
      body,
    ) => readyBytes(new Response(body)));
    assertEquals(sizes, [5, 0, 2, 3, 3]);
    assertEquals(readyBytes(Response.json({ a: 1 })), undefined);
  });
});

Deno.test("trackResponses() keeps responses what they were", async () => {
  const native = new Response("native");
  await tracked(async () => {
    const response = new Response("text", { status: 201, headers: { "x-a": "b" } });
    assertInstanceOf(response, Response);
    assert(native instanceof Response, "responses of the runtime are instances too");
    assert(!((({}) as unknown) instanceof Response));
    assertEquals(Response.name, "Response");
    assertEquals([response.status, response.headers.get("x-a"), await response.text()], [201, "b", "text"]);
    assertEquals(await Response.json({ a: 1 }, { status: 202 }).json(), { a: 1 });
  });
});
