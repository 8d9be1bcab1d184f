import { assert, assertEquals } from "@std/assert";
import { denoBodyKind, judgeByGetter, passesSamples } from "../../../src/host/deno_body_kind.ts";

Deno.test("denoBodyKind() finds a judge that passes the samples without touching the body", async () => {
  const judge = denoBodyKind();
  assert(judge !== judgeByGetter, "this Deno keeps what the cheap judge looks at");
  assert(passesSamples(judge));
  const response = new Response("text");
  assertEquals(judge(response), false);
  assertEquals(await response.text(), "text");
});

Deno.test("denoBodyKind() judges a response of fetch() as streamed", async () => {
  const judge = denoBodyKind();
  const response = await fetch("data:text/plain,hi");
  assertEquals(judge(response), judgeByGetter(response));
  await response.body?.cancel();
});

Deno.test("passesSamples() refuses a judge that is wrong or throws", () => {
  assertEquals(passesSamples(() => true), false);
  assertEquals(passesSamples(() => false), false);
  assertEquals(
    passesSamples(() => {
      throw new Error("no such symbol");
    }),
    false,
  );
  assertEquals(passesSamples(judgeByGetter), false);
});
