import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { answer, type Question } from "../../../../src/llm/api/answer.ts";
import { DEFAULT_API_CONFIG } from "../../../../src/llm/api/api_config.ts";
import { ApiError } from "../../../../src/llm/api/api_error.ts";
import { Fields } from "../../../../src/llm/api/fields.ts";
import { COMPLETION_SHAPE } from "../../../../src/llm/api/response_shape.ts";
import { readSampling } from "../../../../src/llm/api/sampling.ts";
import {
  type EngineClient,
  EngineUnavailableError,
  type Generation,
  type GenerationListener,
} from "../../../../src/llm/client/engine_client.ts";
import { FINISH } from "../../../../src/llm/engine/sequence.ts";
import { tokenize } from "../../../../src/llm/text/tokenizer.ts";

/** A sequence that a test plays the engine for. */
class Played {
  readonly generation: Generation;
  readonly #listener: GenerationListener;
  #isFirst = true;
  aborted = 0;

  constructor({ generation, listener }: { generation: Generation; listener: GenerationListener }) {
    this.generation = generation;
    this.#listener = listener;
  }

  /** Gives tokens to who asked; with a reason they are the last ones. */
  say(text: string, reason: number = FINISH.NONE): void {
    const prompt = this.#isFirst
      ? { cachedTokens: 2, loadedTokens: 1, recomputedTokens: 0, queuedSeconds: 0, prefillSeconds: 0 }
      : undefined;
    this.#isFirst = false;
    const final = reason !== FINISH.NONE;
    const stopped = this.#listener.tokens(Int32Array.from(tokenize(text)), { prompt, final });
    if (final || stopped) this.#listener.end(final ? reason : FINISH.STOP);
  }

  fail(reason: number): void {
    this.#listener.end(reason);
  }
}

/** Engines that start what they are asked for, the calls from `failsFrom` on excepted. */
function enginesOf(options: { failsFrom?: number } = {}) {
  const played: Played[] = [];
  let calls = 0;
  const client = {
    generate(sequences: readonly { generation: Generation; listener: GenerationListener }[]) {
      if (calls++ >= (options.failsFrom ?? Infinity)) throw new EngineUnavailableError("none is there");
      return sequences.map((sequence) => {
        const one = new Played(sequence);
        played.push(one);
        return { engine: 0, abort: () => void one.aborted++ };
      });
    },
  } as unknown as EngineClient;
  return { client, played };
}

function questionOf(body: Record<string, unknown>, more: Partial<Question> = {}): Question {
  const prompts = more.prompts ?? [{ tokens: [1, 2, 3, 4], items: [] }];
  return {
    prompts,
    limits: prompts.map(() => 10),
    sampling: readSampling(new Fields(body), DEFAULT_API_CONFIG, {
      logprobs: body.logprobs as number | undefined,
      maxTokens: ["max_tokens"],
    }),
    shape: COMPLETION_SHAPE,
    head: { id: "cmpl-1", created: 1, model: "m" },
    arrivalMs: 0,
    signal: () => new AbortController().signal,
    ...more,
  };
}

interface Event {
  choices: {
    index: number;
    text: string;
    finish_reason: string | null;
    logprobs: { text_offset: number[] } | null;
  }[];
  usage?: {
    prompt_tokens: number;
    completion_tokens: number;
    prompt_tokens_details: { cached_tokens: number };
  };
  error?: { code: number };
}

/** The events of a stream that has ended. */
async function eventsOf(response: Response | Promise<Response>): Promise<Event[]> {
  const events = (await (await response).text()).split("\n\n");
  assertEquals(events.splice(-2), ["data: [DONE]", ""]);
  return events.map((event) => JSON.parse(event.replace(/^data: /, "")));
}

Deno.test("answer() waits for all choices, prompt by prompt and copy by copy", async () => {
  const { client, played } = enginesOf();
  const prompts = [{ tokens: [1, 2, 3, 4], items: ["picture"] }, { tokens: [5], items: [] }];
  const response = answer(client, questionOf({ n: 2, seed: 7 }, { prompts }));
  assertEquals(played.map(({ generation }) => [generation.promptTokens, generation.seed, generation.items]), [
    [[1, 2, 3, 4], 7, ["picture"]],
    [[1, 2, 3, 4], 8, []],
    [[5], 7, []],
    [[5], 8, []],
  ]);
  ["d", "c", "b", "a"].forEach((text, i) => played[3 - i].say(text, FINISH.LENGTH));
  const { choices, usage } = await (await response).json() as Event;
  assertEquals(choices.map(({ index, text }) => [index, text]), [[0, "a"], [1, "b"], [2, "c"], [3, "d"]]);
  // A prompt counts once, however many copies continue it.
  assertEquals([usage?.prompt_tokens, usage?.completion_tokens, usage?.prompt_tokens_details.cached_tokens], [
    5,
    4,
    6,
  ]);
});

Deno.test("answer() puts the parts of a choice together and says why it ended", async () => {
  const { client, played } = enginesOf();
  const response = answer(client, questionOf({ max_tokens: 10, stop: "END" }));
  const [sequence] = played;
  assertEquals([sequence.generation.limited, sequence.generation.maxTokens], [true, 10]);
  sequence.say("one ");
  sequence.say("two END three");
  const { choices: [choice] } = await (await response).json();
  assertEquals([choice.text, choice.finish_reason, choice.stop_reason], ["one two ", "stop", "END"]);
});

Deno.test("answer() streams each part when it comes, the usage at the end where it is wanted", async () => {
  const { client, played } = enginesOf();
  const response = answer(client, questionOf({ stream: true, stream_options: { include_usage: true } }));
  played[0].say("one");
  played[0].say(" two", FINISH.LENGTH);
  const events = await eventsOf(response);
  assertEquals(events.map(({ choices }) => choices.map(({ text, finish_reason }) => [text, finish_reason])), [
    [["one", null]],
    [[" two", "length"]],
    [],
  ]);
  assertEquals(events.map(({ usage }) => usage?.completion_tokens), [undefined, undefined, 2]);
});

Deno.test("answer() says the usage so far with every part where that is wanted", async () => {
  const { client, played } = enginesOf();
  const question = questionOf({ stream: true, n: 2, stream_options: { continuous_usage_stats: true } });
  const response = answer(client, question);
  played[0].say("one");
  played[1].say("one two", FINISH.STOP);
  played[0].say(" two", FINISH.STOP);
  const events = await eventsOf(response);
  assertEquals(events.map(({ usage }) => usage?.completion_tokens), [1, 3, 4, 4]);
  assertEquals(events.map(({ choices }) => choices.length), [1, 1, 1, 0]);
});

Deno.test("answer() begins each choice with the echo of its prompt, and counts offsets from behind it", async () => {
  const prompts = [{ tokens: [1], items: [] }, { tokens: [2], items: [] }];
  const more = { prompts, echoes: ["Say: ", "And "] };
  const play = (played: Played[]) => {
    for (const sequence of played) sequence.say("a");
    for (const sequence of played) sequence.say(" few", FINISH.STOP);
  };
  const streamed = enginesOf();
  const stream = answer(streamed.client, questionOf({ stream: true, logprobs: 0 }, more));
  play(streamed.played);
  const parts = (await eventsOf(stream)).map(({ choices: [choice] }) => choice);
  assertEquals(parts.map(({ index, text, logprobs }) => [index, text, logprobs?.text_offset]), [
    [0, "Say: a", [5]],
    [1, "And a", [4]],
    [0, " few", [6]],
    [1, " few", [5]],
  ]);
  const whole = enginesOf();
  const response = answer(whole.client, questionOf({ logprobs: 0 }, more));
  play(whole.played);
  const { choices } = await (await response).json() as Event;
  assertEquals(choices.map(({ text, logprobs }) => [text, logprobs?.text_offset]), [
    ["Say: a few", [5, 6]],
    ["And a few", [4, 5]],
  ]);
});

Deno.test("answer() ends all choices when one fails, and says so once", async () => {
  for (const [reason, status] of [[FINISH.ABORT, 503], [FINISH.ERROR, 500]]) {
    const whole = enginesOf();
    const response = answer(whole.client, questionOf({ n: 2 }));
    whole.played[1].fail(reason);
    const error = await assertRejects(async () => await response, ApiError);
    assertEquals([error.status, whole.played.map(({ aborted }) => aborted)], [status, [1, 1]]);

    const streamed = enginesOf();
    const stream = answer(streamed.client, questionOf({ n: 2, stream: true }));
    streamed.played[0].say("one");
    streamed.played[1].fail(reason);
    streamed.played[0].fail(reason);
    const [first, second, ...more] = await eventsOf(stream);
    assertEquals([first.choices.length, second.error?.code, more], [1, status, []]);
    assertEquals(streamed.played[0].aborted > 0, true);
  }
});

Deno.test("answer() ends what it has begun if the engines take only some of it", () => {
  for (const stream of [false, true]) {
    const { client, played } = enginesOf({ failsFrom: 1 });
    const prompts = [{ tokens: [1], items: [] }, { tokens: [2], items: [] }];
    assertThrows(() => answer(client, questionOf({ stream }, { prompts })), EngineUnavailableError);
    assertEquals(played.map(({ aborted }) => aborted), [1]);
  }
});

Deno.test("answer() ends all choices when the client leaves", async () => {
  const whole = enginesOf();
  const client = new AbortController();
  const response = answer(whole.client, questionOf({ n: 2 }, { signal: () => client.signal }));
  client.abort();
  const error = await assertRejects(async () => await response, ApiError);
  assertEquals([error.status, whole.played.map(({ aborted }) => aborted)], [499, [1, 1]]);

  const streamed = enginesOf();
  const stream = await answer(streamed.client, questionOf({ n: 2, stream: true }));
  await stream.body?.cancel();
  assertEquals(streamed.played.map(({ aborted }) => aborted), [1, 1]);
  // What the engine had on the way finds nobody.
  streamed.played[0].say("late", FINISH.STOP);
});

Deno.test("answer() notices a client that left before its sequences began", async () => {
  const { client, played } = enginesOf();
  const question = questionOf({}, { signal: () => AbortSignal.abort() });
  await assertRejects(async () => await answer(client, question), ApiError, "The client has left");
  assertEquals(played[0].aborted, 1);
});
