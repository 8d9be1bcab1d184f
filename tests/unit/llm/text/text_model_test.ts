import { assert, assertEquals } from "@std/assert";
import type { EngineRequest } from "../../../../src/llm/engine/sequence.ts";
import type { TokenStream } from "../../../../src/llm/engine/token_source.ts";
import { createTextModel } from "../../../../src/llm/text/default_model.ts";
import { EchoSource } from "../../../../src/llm/text/text_model.ts";
import { detokenize } from "../../../../src/llm/text/tokenizer.ts";
import { CORPUS } from "../../../../src/llm/text/corpus.ts";

function request(options: Partial<EngineRequest> = {}): EngineRequest {
  return { id: 1, client: 0, promptTokens: [1, 2, 3], maxTokens: 1000, seed: 1, ...options };
}

function take(stream: TokenStream, count = Infinity): number[] {
  const tokens: number[] = [];
  while (tokens.length < count && !stream.ended) tokens.push(stream.next());
  return tokens;
}

const model = createTextModel({ mean: 60, deviation: 10 });

Deno.test("TextModel writes the same for the same seed, and something else for another", () => {
  const text = detokenize(take(model.open(request())));
  assertEquals(detokenize(take(model.open(request()))), text);
  assert(detokenize(take(model.open(request({ seed: 2 })))) !== text);
});

Deno.test("TextModel writes words of its source in an order of its own", () => {
  const words = new Set(CORPUS.split(/\s+/));
  for (let seed = 0; seed < 20; seed++) {
    const text = detokenize(take(model.open(request({ seed }))));
    const known = text.split(/\s+/).filter((word) => words.has(word)).length;
    assert(known >= 0.8 * text.split(/\s+/).length, text);
    assert(/^[A-Z]/.test(text), `begins as a sentence does: ${text}`);
  }
});

Deno.test("TextModel ends around its mean length without a limit, and about a third of the requests at theirs", () => {
  const lengths = Array.from({ length: 200 }, (_, seed) => take(model.open(request({ seed }))).length);
  const mean = lengths.reduce((a, b) => a + b) / lengths.length;
  assert(mean > 55 && mean < 80, `mean ${mean}`);
  const cut =
    Array.from({ length: 300 }, (_, seed) => model.open(request({ seed, limited: true, maxTokens: 50 })))
      .filter((stream) => take(stream, 50).length === 50 && !stream.ended).length;
  assert(cut > 80 && cut < 200, `${cut} of 300 are cut off`);
});

Deno.test("TextModel goes on after its end", () => {
  const stream = model.open(request());
  take(stream);
  for (let i = 0; i < 1000; i++) assert(Number.isInteger(stream.next()));
});

Deno.test("EchoSource gives the prompt back, and again where more is wanted", () => {
  const stream = new EchoSource().open(request());
  assertEquals([stream.next(), stream.next(), stream.next(), stream.ended], [1, 2, 3, true]);
  assertEquals([stream.next(), stream.next()], [1, 2]);
});
