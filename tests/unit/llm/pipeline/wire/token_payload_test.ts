import { assertEquals } from "@std/assert";
import { packTokens, unpackTokens } from "../../../../../src/llm/pipeline/wire/token_payload.ts";

Deno.test("packTokens() keeps the ids, and each token takes its bytes", () => {
  const tokens = [0, 5, 100_276];
  for (const bytesPerToken of [4, 7, 64]) {
    const bytes = packTokens(tokens, bytesPerToken);
    assertEquals([bytes.length, unpackTokens(bytes, bytesPerToken)], [3 * bytesPerToken, tokens]);
  }
});
