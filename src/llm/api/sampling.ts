/**
 * The parameters that completions and chat completions share.
 *
 * @module
 */
import { ApiError, badRequest } from "./api_error.ts";
import type { ApiConfig } from "./api_config.ts";
import type { Fields } from "./fields.ts";

const N_MAX = 128;
const LOGPROBS_MAX = 20;

/** How sequences are generated and how they are told. */
export interface Sampling {
  /** The name that the client used. */
  readonly model: string;
  /** The LoRA adapter's index, -1 for the base model. */
  readonly adapter: number;
  readonly n: number;
  /** The client's limit of new tokens, undefined for none. */
  readonly maxTokens: number | undefined;
  readonly minTokens: number;
  readonly ignoreEos: boolean;
  readonly seed: number | undefined;
  readonly stops: readonly string[];
  readonly stopTokens: ReadonlySet<number>;
  /** Whether a stop string is part of the output. */
  readonly includeStop: boolean;
  /** How many alternatives each token is told with; undefined if none and no log probabilities either. */
  readonly logprobs: number | undefined;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  /** Whether every chunk says the usage so far. */
  readonly continuousUsage: boolean;
  readonly cacheSalt: number;
}

/**
 * Reads and checks the parameters.
 *
 * @param options.logprobs The number of alternatives, which the two endpoints write differently.
 * @param options.maxTokens The names of the limit, the first one that is there counts.
 * @throws {ApiError} If one is wrong, or the model unknown
 */
export function readSampling(
  fields: Fields,
  config: ApiConfig,
  options: { logprobs: number | undefined; maxTokens: readonly string[] },
): Sampling {
  const { model, adapter } = readModel(fields, config);
  checkUnused(fields);
  const stream = fields.boolean("stream") ?? false;
  const streamOptions = fields.object("stream_options");
  if (streamOptions !== undefined && !stream) {
    throw badRequest("`stream_options` can only be set with `stream`: true", "stream_options");
  }
  const continuousUsage = streamOptions?.boolean("continuous_usage_stats") ?? false;
  const limits = options.maxTokens.map((name) => fields.integer(name, { min: 1 }));
  const maxTokens = limits.find((limit) => limit !== undefined);
  const minTokens = fields.integer("min_tokens", { min: 0 }) ?? 0;
  if (maxTokens !== undefined && minTokens > maxTokens) {
    throw badRequest(`\`min_tokens\` must be at most the limit ${maxTokens}, got ${minTokens}`, "min_tokens");
  }
  const stops = fields.strings("stop");
  if (stops.includes("")) throw badRequest("`stop` must not contain an empty string", "stop");
  return {
    model,
    adapter,
    n: fields.integer("n", { min: 1, max: N_MAX }) ?? 1,
    maxTokens,
    minTokens,
    ignoreEos: fields.boolean("ignore_eos") ?? false,
    seed: fields.integer("seed"),
    stops,
    stopTokens: new Set(fields.tokens("stop_token_ids")),
    includeStop: fields.boolean("include_stop_str_in_output") ?? false,
    logprobs: options.logprobs,
    stream,
    includeUsage: continuousUsage || (streamOptions?.boolean("include_usage") ?? false),
    continuousUsage,
    cacheSalt: hashText(fields.string("cache_salt") ?? ""),
  };
}

/** The model that a request names: one of the served names, or an adapter. Without a name it is the first one. */
export function readModel(fields: Fields, config: ApiConfig): { model: string; adapter: number } {
  const model = fields.string("model") ?? config.models[0];
  if (config.models.includes(model)) return { model, adapter: -1 };
  const adapter = config.adapters.indexOf(model);
  if (adapter < 0) throw new ApiError(404, `The model \`${model}\` does not exist`, { param: "model" });
  return { model, adapter };
}

/** The number of alternatives per token, within bounds. */
export function readLogprobs(fields: Fields, name: string): number | undefined {
  return fields.integer(name, { min: 0, max: LOGPROBS_MAX });
}

/** A 32-bit number for a text; 0 for none. */
function hashText(text: string): number {
  let bits = text === "" ? 0 : 0x811c9dc5;
  for (let i = 0; i < text.length; i++) bits = Math.imul(bits ^ text.charCodeAt(i), 0x01000193);
  return bits;
}

/** Parameters that change nothing here, but are wrong all the same when they are wrong. */
function checkUnused(fields: Fields): void {
  fields.number("temperature", { min: 0, max: 2 });
  fields.number("top_p", { min: 0, max: 1 });
  fields.number("presence_penalty", { min: -2, max: 2 });
  fields.number("frequency_penalty", { min: -2, max: 2 });
  fields.number("repetition_penalty", { min: 0 });
  fields.integer("top_k", { min: -1 });
  fields.object("logit_bias");
  fields.string("user");
}
