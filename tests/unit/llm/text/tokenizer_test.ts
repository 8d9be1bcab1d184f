import { assert, assertEquals } from "@std/assert";
import {
  CHARACTERS_PER_TOKEN_MAX,
  detokenize,
  Detokenizer,
  tokenize,
  tokenPiece,
  VOCABULARY_SIZE,
} from "../../../../src/llm/text/tokenizer.ts";

Deno.test("tokenize() and detokenize() give the text back", () => {
  for (
    const text of [
      "",
      "Hello, world!",
      "Naïve 日本語 🙂🙂",
      "<|endoftext|>",
      "a\n\n  b",
      "x".repeat(5000),
      "日".repeat(999),
    ]
  ) {
    assertEquals(detokenize(tokenize(text)), text);
  }
});

Deno.test("tokenize() counts as the published encoding does", () => {
  assertEquals(tokenize("hello world"), [15339, 1917]);
  assertEquals(tokenize("tiktoken is great!").length, 6);
});

Deno.test("tokenize() encodes text without breaks in parts, as its time would grow with their square", () => {
  const run = "-".repeat(255) + "the";
  assertEquals(tokenize(run), [...tokenize(run.slice(0, 256)), ...tokenize("he")]);
  assertEquals(tokenize(run.slice(-100)).at(-1), tokenize("the")[0]);
  assertEquals(tokenize("日".repeat(80_000)).length, tokenize("日".repeat(256)).length * 80_000 / 256);
});

Deno.test("Detokenizer gives characters that are spread over tokens with their last token", () => {
  const tokens = tokenize("🦜");
  assert(tokens.length > 1, "the character is spread");
  const detokenizer = new Detokenizer();
  const parts = tokens.map((token) => detokenizer.push(token));
  assertEquals(parts.join(""), "🦜");
  assertEquals(parts.at(-1), "🦜");
  detokenizer.push(tokens[0]);
  assertEquals(detokenizer.push(tokenize("a")[0]), "\ufffda", "a part that nothing completes");
  detokenizer.push(tokens[0]);
  assertEquals(detokenizer.end(), "\ufffd");
});

Deno.test("tokenPiece() knows every token, and none is longer than the bound", () => {
  for (let token = 0; token < VOCABULARY_SIZE; token++) {
    assert(tokenPiece(token).length <= CHARACTERS_PER_TOKEN_MAX, `token ${token}`);
  }
  assertEquals(tokenPiece(VOCABULARY_SIZE + 5), "");
});
