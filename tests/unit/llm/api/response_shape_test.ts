import { assertEquals } from "@std/assert";
import { Choice, type Delta } from "../../../../src/llm/api/choice.ts";
import { tokenLogprob } from "../../../../src/llm/api/logprobs.ts";
import {
  CHAT_SHAPE,
  type ChunkWriter,
  COMPLETION_SHAPE,
  type WholeChoice,
} from "../../../../src/llm/api/response_shape.ts";
import { readSampling } from "../../../../src/llm/api/sampling.ts";
import { DEFAULT_API_CONFIG } from "../../../../src/llm/api/api_config.ts";
import { Fields } from "../../../../src/llm/api/fields.ts";
import { usageOf } from "../../../../src/llm/api/usage.ts";
import { tokenize } from "../../../../src/llm/text/tokenizer.ts";

const HEAD = { id: "x-1", created: 1700000000, model: 'quoted "m"' };
const USAGE = usageOf({ prompt: 2, completion: 3, cached: 0 });
const SAMPLING = readSampling(new Fields({}), DEFAULT_API_CONFIG, { logprobs: undefined, maxTokens: [] });
const CHOICE = new Choice(1, { sampling: SAMPLING, events: { delta() {}, failed() {} } });
const LOGPROBS = tokenize("a few").map((token) => tokenLogprob(token, 2));

function deltaOf(parts: Partial<Delta>): Delta {
  return { text: "", logprobs: undefined, finishReason: null, stopReason: null, ...parts };
}

/** The event that a writer makes of a part. */
function eventOf(writer: ChunkWriter, delta: Partial<Delta>, part = { first: false, textOffset: 0 }) {
  return JSON.parse(`${writer.delta(CHOICE, deltaOf(delta), part)}}`);
}

Deno.test("CHAT_SHAPE names the role with the first part of a choice only", () => {
  const writer = CHAT_SHAPE.chunk(HEAD);
  assertEquals(eventOf(writer, { text: 'a "b"\n' }, { first: true, textOffset: 0 }), {
    ...HEAD,
    object: "chat.completion.chunk",
    choices: [{
      index: 1,
      delta: { role: "assistant", content: 'a "b"\n' },
      logprobs: null,
      finish_reason: null,
    }],
  });
  assertEquals(eventOf(writer, { text: "c" }).choices[0].delta, { content: "c" });
});

Deno.test("CHAT_SHAPE says why a choice ended with its last part, and what stopped it", () => {
  const writer = CHAT_SHAPE.chunk(HEAD);
  for (const stopReason of ["END", 17, null]) {
    const [choice] = eventOf(writer, { finishReason: "stop", stopReason }).choices;
    assertEquals([choice.finish_reason, choice.stop_reason], ["stop", stopReason]);
  }
  assertEquals("stop_reason" in eventOf(writer, { text: "c" }).choices[0], false);
});

Deno.test("CHAT_SHAPE has log probabilities as a list of tokens", () => {
  const [choice] = eventOf(CHAT_SHAPE.chunk(HEAD), { text: "a few", logprobs: LOGPROBS }).choices;
  assertEquals(choice.logprobs, JSON.parse(JSON.stringify({ content: LOGPROBS })));
  assertEquals(choice.logprobs.content.map((entry: { token: string }) => entry.token), ["a", " few"]);
});

Deno.test("COMPLETION_SHAPE has log probabilities as columns, offsets from where the part begins", () => {
  const writer = COMPLETION_SHAPE.chunk(HEAD);
  const [choice] =
    eventOf(writer, { text: "a few", logprobs: LOGPROBS }, { first: false, textOffset: 10 }).choices;
  const { tokens, text_offset, token_logprobs, top_logprobs } = choice.logprobs;
  assertEquals([tokens, text_offset], [["a", " few"], [10, 11]]);
  assertEquals(token_logprobs, LOGPROBS.map(({ logprob }) => logprob));
  assertEquals(top_logprobs[0].a, LOGPROBS[0].logprob);
  assertEquals([choice.text, choice.finish_reason], ["a few", null]);
});

Deno.test("both shapes tell the usage of a stream in an event without choices", () => {
  for (
    const [shape, object] of [[CHAT_SHAPE, "chat.completion.chunk"], [
      COMPLETION_SHAPE,
      "text_completion",
    ]] as const
  ) {
    assertEquals(JSON.parse(`${shape.chunk(HEAD).usage(USAGE)}}`), {
      ...HEAD,
      object,
      choices: [],
      usage: USAGE,
    });
  }
});

Deno.test("both shapes tell a whole answer with the same facts", () => {
  const whole: WholeChoice = {
    index: 0,
    text: "a few",
    newTextOffset: 0,
    logprobs: undefined,
    finishReason: "stop",
    stopReason: "END",
  };
  assertEquals(CHAT_SHAPE.whole(HEAD, [whole], USAGE), {
    ...HEAD,
    object: "chat.completion",
    choices: [{
      index: 0,
      message: { role: "assistant", content: "a few", refusal: null },
      logprobs: null,
      finish_reason: "stop",
      stop_reason: "END",
    }],
    usage: USAGE,
  });
  assertEquals(COMPLETION_SHAPE.whole(HEAD, [whole], USAGE), {
    ...HEAD,
    object: "text_completion",
    choices: [{ index: 0, text: "a few", logprobs: null, finish_reason: "stop", stop_reason: "END" }],
    usage: USAGE,
  });
});

Deno.test("COMPLETION_SHAPE counts the offsets of a whole answer from behind an echoed prompt", () => {
  const whole: WholeChoice = {
    index: 0,
    text: "Say: a few",
    newTextOffset: 5,
    logprobs: LOGPROBS,
    finishReason: "length",
    stopReason: null,
  };
  const answer = JSON.parse(JSON.stringify(COMPLETION_SHAPE.whole(HEAD, [whole], USAGE)));
  assertEquals(answer.choices[0].logprobs.text_offset, [5, 6]);
});
