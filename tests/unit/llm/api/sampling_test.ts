import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { DEFAULT_API_CONFIG } from "../../../../src/llm/api/api_config.ts";
import { ApiError } from "../../../../src/llm/api/api_error.ts";
import { Fields } from "../../../../src/llm/api/fields.ts";
import { readLogprobs, readModel, readSampling } from "../../../../src/llm/api/sampling.ts";

const CONFIG = { ...DEFAULT_API_CONFIG, models: ["base", "alias"], adapters: ["poems", "code"] };

function sampling(body: Record<string, unknown>, maxTokens: readonly string[] = ["max_tokens"]) {
  return readSampling(new Fields(body), CONFIG, { logprobs: undefined, maxTokens });
}

/** The parameter that a request is refused for. */
function refusedFor(body: Record<string, unknown>): string | null {
  const error = assertThrows(() => sampling(body), ApiError);
  assertEquals(error.status, 400);
  return error.param;
}

Deno.test("readSampling() has a default for everything", () => {
  assertEquals(sampling({}), {
    model: "base",
    adapter: -1,
    n: 1,
    maxTokens: undefined,
    minTokens: 0,
    ignoreEos: false,
    seed: undefined,
    stops: [],
    stopTokens: new Set<number>(),
    includeStop: false,
    logprobs: undefined,
    stream: false,
    includeUsage: false,
    continuousUsage: false,
    cacheSalt: 0,
  });
});

Deno.test("readSampling() takes null for a field that is not there", () => {
  const nulls = { n: null, max_tokens: null, stop: null, stream: null, stream_options: null, seed: null };
  assertEquals(sampling(nulls), sampling({}));
});

Deno.test("readSampling() takes the first limit that is there, in the order of their names", () => {
  const names = ["max_completion_tokens", "max_tokens"];
  assertEquals(sampling({ max_tokens: 5 }, names).maxTokens, 5);
  assertEquals(sampling({ max_tokens: 5, max_completion_tokens: 3 }, names).maxTokens, 3);
  assertEquals(sampling({ max_completion_tokens: 3 }).maxTokens, undefined);
  // A limit that does not count must be right all the same.
  assertThrows(() => sampling({ max_tokens: 0, max_completion_tokens: 3 }, names), ApiError, "max_tokens");
});

Deno.test("readSampling() wants no more tokens at least than at most", () => {
  assertEquals(sampling({ min_tokens: 5, max_tokens: 5 }).minTokens, 5);
  assertEquals(refusedFor({ min_tokens: 6, max_tokens: 5 }), "min_tokens");
  assertEquals(sampling({ min_tokens: 6 }).minTokens, 6);
});

Deno.test("readSampling() takes one stop string or several, and none that is empty", () => {
  assertEquals(sampling({ stop: "END" }).stops, ["END"]);
  assertEquals(sampling({ stop: ["a", "b"] }).stops, ["a", "b"]);
  assertEquals(refusedFor({ stop: "" }), "stop");
  assertEquals(refusedFor({ stop: ["a", ""] }), "stop");
  assertEquals([...sampling({ stop_token_ids: [7, 7, 8] }).stopTokens], [7, 8]);
});

Deno.test("readSampling() takes the options of a stream for a stream only", () => {
  const stream_options = { include_usage: true };
  assertEquals(sampling({ stream: true, stream_options }).includeUsage, true);
  assertEquals(refusedFor({ stream_options }), "stream_options");
  assertEquals(refusedFor({ stream: false, stream_options: {} }), "stream_options");
  const { includeUsage, continuousUsage } = sampling({
    stream: true,
    stream_options: { continuous_usage_stats: true },
  });
  assertEquals(
    [includeUsage, continuousUsage],
    [true, true],
    "who wants it all the time wants it at the end",
  );
});

Deno.test("readSampling() refuses parameters out of bounds, also those that change nothing here", () => {
  const bounds: Record<string, [least: number | undefined, most: number | undefined]> = {
    n: [1, 128],
    temperature: [0, 2],
    top_p: [0, 1],
    presence_penalty: [-2, 2],
    frequency_penalty: [-2, 2],
    repetition_penalty: [0, undefined],
    top_k: [-1, undefined],
    min_tokens: [0, undefined],
    max_tokens: [1, undefined],
  };
  for (const [name, [least, most]] of Object.entries(bounds)) {
    for (const good of [least, most]) if (good !== undefined) sampling({ [name]: good });
    if (least !== undefined) assertEquals(refusedFor({ [name]: least - 1 }), name);
    if (most !== undefined) assertEquals(refusedFor({ [name]: most + 1 }), name);
    assertEquals(refusedFor({ [name]: "1" }), name);
  }
  for (const name of ["n", "top_k", "seed", "max_tokens"]) assertEquals(refusedFor({ [name]: 1.5 }), name);
  assertEquals(refusedFor({ logit_bias: [] }), "logit_bias");
  assertEquals(refusedFor({ ignore_eos: 1 }), "ignore_eos");
});

Deno.test("readSampling() gives each cache salt a number of its own, and none 0", () => {
  const salts = ["", "a", "b", "ab", "ba"].map((cache_salt) => sampling({ cache_salt }).cacheSalt);
  assertEquals(salts[0], 0);
  assertEquals(new Set(salts).size, 5);
  assertNotEquals(salts[1], 0);
  assertEquals(sampling({ cache_salt: "a" }).cacheSalt, salts[1]);
});

Deno.test("readModel() knows the served names and the adapters, and takes the first name without one", () => {
  const read = (model?: string) => readModel(new Fields({ model }), CONFIG);
  assertEquals(read(), { model: "base", adapter: -1 });
  assertEquals(read("alias"), { model: "alias", adapter: -1 });
  assertEquals(read("code"), { model: "code", adapter: 1 });
  const error = assertThrows(() => read("other"), ApiError, "The model `other` does not exist");
  assertEquals([error.status, error.param], [404, "model"]);
});

Deno.test("readLogprobs() takes up to 20 alternatives", () => {
  const read = (logprobs: unknown) => readLogprobs(new Fields({ logprobs }), "logprobs");
  assertEquals([read(undefined), read(0), read(20)], [undefined, 0, 20]);
  for (const wrong of [-1, 21, 1.5, true]) assertThrows(() => read(wrong), ApiError, "`logprobs` must be");
});
