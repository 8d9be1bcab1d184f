import { assert, assertEquals } from "@std/assert";
import { completionLogprobs, tokenLogprob } from "../../../../src/llm/api/logprobs.ts";
import { tokenize } from "../../../../src/llm/text/tokenizer.ts";

Deno.test("tokenLogprob() gives the same for the same token: text, bytes and a likelihood below certainty", () => {
  const [token] = tokenize(" fünf");
  const told = tokenLogprob(token, 0);
  assertEquals(tokenLogprob(token, 0), told);
  assertEquals([...told.bytes], [...new TextEncoder().encode(told.token)]);
  assert(told.logprob < 0 && told.logprob > -1.1);
  assertEquals(told.top_logprobs, []);
});

Deno.test("tokenLogprob() tells the token itself first, and alternatives that are less likely, each another", () => {
  const { token, logprob, top_logprobs } = tokenLogprob(tokenize("word")[0], 5);
  assertEquals([top_logprobs.length, top_logprobs[0].token, top_logprobs[0].logprob], [5, token, logprob]);
  const sorted = top_logprobs.map(({ logprob }) => logprob);
  assertEquals(sorted, sorted.toSorted((a, b) => b - a));
  assertEquals(new Set(top_logprobs.map(({ token }) => token)).size, 5);
});

Deno.test("tokenLogprob() tells the bytes of a token that is part of a character", () => {
  const [first] = tokenize("\u{1fae0}");
  const { token, bytes } = tokenLogprob(first, 0);
  assertEquals([token, bytes[0]], ["\ufffd", 0xf0]);
});

Deno.test("completionLogprobs() has a column for each fact, and offsets that go on from token to token", () => {
  const tokens = tokenize("one two three").map((token) => tokenLogprob(token, 1));
  const columns = completionLogprobs(tokens, 100);
  assertEquals(columns.tokens, ["one", " two", " three"]);
  assertEquals(columns.text_offset, [100, 103, 107]);
  assertEquals(columns.token_logprobs, tokens.map(({ logprob }) => logprob));
  assertEquals(columns.top_logprobs.map((top) => Object.keys(top)), [["one"], [" two"], [" three"]]);
  assertEquals(completionLogprobs([], 5).text_offset, []);
});
