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

Deno.test("tokenize() takes no longer per character for text without breaks", () => {
  const milliseconds = (text: string) => {
    const start = performance.now();
    tokenize(text);
    return performance.now() - start;
  };
  milliseconds("日".repeat(2000));
  const short = milliseconds("日".repeat(10_000));
  const long = milliseconds("日".repeat(80_000));
  assert(
    long < 40 * Math.max(1, short),
    `8 times the text took ${short} and ${long} ms; the square would be 64 times`,
  );
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
