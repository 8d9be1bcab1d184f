import { assertEquals } from "@std/assert";
import { DEFAULT_API_CONFIG } from "../../../../src/llm/api/api_config.ts";
import { Choice, type Delta } from "../../../../src/llm/api/choice.ts";
import { Fields } from "../../../../src/llm/api/fields.ts";
import { readSampling } from "../../../../src/llm/api/sampling.ts";
import { FINISH } from "../../../../src/llm/engine/sequence.ts";
import { tokenize } from "../../../../src/llm/text/tokenizer.ts";

/** A choice, and what the request is told of it. */
function choiceOf(body: Record<string, unknown> = {}) {
  const deltas: Delta[] = [];
  const failures: number[] = [];
  const sampling = readSampling(new Fields(body), DEFAULT_API_CONFIG, {
    logprobs: body.logprobs as number | undefined,
    maxTokens: ["max_tokens"],
  });
  const choice = new Choice(0, {
    sampling,
    events: { delta: (_, delta) => deltas.push(delta), failed: (_, reason) => failures.push(reason) },
  });
  return {
    choice,
    deltas,
    failures,
    /** Gives tokens; whether the choice wants no more. */
    give: (tokens: number[], final = false) =>
      choice.tokens(Int32Array.from(tokens), { prompt: undefined, final }),
    text: () => deltas.map(({ text }) => text).join(""),
  };
}

Deno.test("Choice tells each output as it comes, and its last one with the reason", () => {
  const { choice, deltas, give } = choiceOf();
  give(tokenize("one"));
  give(tokenize(" two"), true);
  assertEquals(deltas.length, 1, "the last one waits for the reason");
  choice.end(FINISH.LENGTH);
  assertEquals(deltas.map(({ text, finishReason }) => [text, finishReason]), [["one", null], [
    " two",
    "length",
  ]]);
  assertEquals([choice.tokenCount, choice.ended], [2, true]);
});

Deno.test("Choice tells a character over several tokens when it is whole, or at the end", () => {
  const { choice, deltas, give } = choiceOf();
  const tokens = tokenize("\u{1fae0}");
  assertEquals(tokens.length > 1, true);
  for (const token of tokens.slice(0, -1)) give([token]);
  assertEquals(deltas.map(({ text }) => text).join(""), "");
  give(tokens.slice(-1));
  assertEquals(deltas.at(-1)?.text, "\u{1fae0}");
  give(tokens.slice(0, 1), true);
  choice.end(FINISH.LENGTH);
  assertEquals(deltas.at(-1)?.text, "\ufffd");
});

Deno.test("Choice ends at a stop string that comes in parts, and tells nothing of it", () => {
  const { choice, deltas, give, text } = choiceOf({ stop: ["STOP"] });
  assertEquals(give(tokenize("go ST")), false);
  assertEquals(text(), "go ");
  assertEquals(give(tokenize("OP on")), true);
  choice.end(FINISH.STOP);
  assertEquals([text(), deltas.at(-1)?.stopReason, deltas.at(-1)?.finishReason], ["go ", "STOP", "stop"]);
});

Deno.test("Choice gives back what only looked like a stop string", () => {
  const { choice, give, text, deltas } = choiceOf({ stop: ["STOP"] });
  give(tokenize("go ST"), true);
  choice.end(FINISH.LENGTH);
  assertEquals([text(), deltas.at(-1)?.stopReason], ["go ST", null]);
});

Deno.test("Choice ends at a stop token once it has its least number of tokens, and counts that token", () => {
  const [stop] = tokenize("x");
  const { choice, deltas, give, text } = choiceOf({ stop_token_ids: [stop], min_tokens: 2 });
  assertEquals(give([stop]), false);
  assertEquals(give([stop, ...tokenize("more")]), true);
  choice.end(FINISH.STOP);
  assertEquals([choice.tokenCount, text(), deltas.at(-1)?.stopReason], [2, "x", stop]);
});

Deno.test("Choice tells log probabilities with the tokens that they are of, where they are wanted", () => {
  const { choice, deltas, give } = choiceOf({ logprobs: 2 });
  give(tokenize("one"));
  give(tokenize(" two"), true);
  choice.end(FINISH.STOP);
  assertEquals(deltas.map(({ logprobs }) => logprobs?.map(({ token }) => token)), [["one"], [" two"]]);
  assertEquals(deltas[0].logprobs?.[0].top_logprobs.length, 2);
  const without = choiceOf();
  without.give(tokenize("one"));
  assertEquals(without.deltas[0].logprobs, undefined);
});

Deno.test("Choice remembers what was known of its prompt", () => {
  const { choice } = choiceOf();
  const prompt = {
    cachedTokens: 4,
    loadedTokens: 3,
    recomputedTokens: 0,
    queuedSeconds: 0,
    prefillSeconds: 0,
  };
  choice.tokens(new Int32Array(0), { prompt, final: false });
  choice.tokens(new Int32Array(0), { prompt: undefined, final: false });
  assertEquals(choice.cachedTokens, 7);
});

Deno.test("Choice lets stop strings pass within the least tokens", () => {
  const { choice, give, text } = choiceOf({ stop: ["one"], min_tokens: 2 });
  assertEquals(give(tokenize("one")), false);
  assertEquals(give(tokenize(" two")), false);
  assertEquals(give(tokenize(" one")), true);
  choice.end(FINISH.STOP);
  assertEquals(text(), "one two ");
});

Deno.test("Choice whose engine could not go on fails, and has no last part", () => {
  for (const reason of [FINISH.ABORT, FINISH.ERROR]) {
    const { choice, deltas, failures, give } = choiceOf();
    give(tokenize("one"), true);
    choice.end(reason);
    assertEquals([deltas, failures, choice.ended], [[], [reason], true]);
  }
});
