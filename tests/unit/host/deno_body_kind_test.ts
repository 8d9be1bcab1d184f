import { assert, assertEquals } from "@std/assert";
import { denoBodyKind, JUDGE_BY_GETTER, passesSamples } from "../../../src/host/deno_body_kind.ts";

Deno.test("denoBodyKind() finds a judge that passes the samples without touching the body", async () => {
  const judge = denoBodyKind();
  assert(judge !== JUDGE_BY_GETTER, "this Deno keeps what the cheap judge looks at");
  assert(passesSamples(judge));
  const response = new Response("text");
  assertEquals(judge.isStreamed(response), false);
  assertEquals(await response.text(), "text");
});

Deno.test("denoBodyKind() judges a response of fetch() as streamed", async () => {
  const judge = denoBodyKind();
  const response = await fetch("data:text/plain,hi");
  assertEquals(judge.isStreamed(response), JUDGE_BY_GETTER.isStreamed(response));
  await response.body?.cancel();
});

Deno.test("passesSamples() refuses a judge that is wrong or throws", () => {
  const judge = denoBodyKind();
  assertEquals(passesSamples({ ...judge, isStreamed: () => true }), false);
  assertEquals(passesSamples({ ...judge, isStreamed: () => false }), false);
  assertEquals(passesSamples({ ...judge, readyBytes: () => 4 }), false);
  const broken = () => {
    throw new Error("no such symbol");
  };
  assertEquals(passesSamples({ ...judge, isStreamed: broken }), false);
  assertEquals(passesSamples(JUDGE_BY_GETTER), false);
});
