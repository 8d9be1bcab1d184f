/**
 * `/v1/chat/completions` and `/v1/completions`.
 *
 * @module
 */
import { answer } from "./answer.ts";
import type { ApiConfig } from "./api_config.ts";
import { ApiError, badRequest } from "./api_error.ts";
import { type ApiServices, type Call, createdNow, type Endpoint, routingKeyOf } from "./endpoint.ts";
import type { Fields } from "./fields.ts";
import { contextExceeded, type Prompt, readChat, readPrompts } from "./prompts.ts";
import { readBody } from "./read_body.ts";
import { CHAT_SHAPE, COMPLETION_SHAPE, type ResponseShape } from "./response_shape.ts";
import { readLogprobs, readSampling, type Sampling } from "./sampling.ts";
import { detokenize } from "../text/tokenizer.ts";

/** A request with more sequences than this is refused, prompts times n. */
const SEQUENCES_MAX = 4096;

/** Answers a chat. */
export const chatCompletions: Endpoint = async (services, call) => {
  const { config } = services;
  const fields = await readBody(call.request, config.bodyBytesMax);
  const wanted = fields.boolean("logprobs") ?? false;
  const alternatives = readLogprobs(fields, "top_logprobs");
  if (alternatives !== undefined && alternatives > 0 && !wanted) {
    throw badRequest("`top_logprobs` can only be set with `logprobs`: true", "top_logprobs");
  }
  const sampling = readSampling(fields, config, {
    logprobs: wanted ? alternatives ?? 0 : undefined,
    maxTokens: ["max_completion_tokens", "max_tokens"],
  });
  const prompt = readChat(fields, { tokensMax: config.maxModelLen });
  return ask(services, call, { fields, sampling, prompts: [prompt], shape: CHAT_SHAPE });
};

/** Continues one text or several. */
export const completions: Endpoint = async (services, call) => {
  const { config } = services;
  const fields = await readBody(call.request, config.bodyBytesMax);
  const sampling = readSampling(fields, config, {
    logprobs: readLogprobs(fields, "logprobs"),
    maxTokens: ["max_tokens"],
  });
  const prompts = readPrompts(fields, "prompt", { tokensMax: config.maxModelLen });
  const echoes = fields.boolean("echo") ? prompts.map(({ tokens }) => detokenize(tokens)) : undefined;
  return ask(services, call, { fields, sampling, prompts, shape: COMPLETION_SHAPE, echoes });
};

function ask(
  services: ApiServices,
  call: Call,
  parts: {
    fields: Fields;
    sampling: Sampling;
    prompts: readonly Prompt[];
    shape: ResponseShape;
    echoes?: readonly string[];
  },
): Response | Promise<Response> {
  const { sampling, prompts, shape, echoes } = parts;
  if (prompts.length * sampling.n > SEQUENCES_MAX) {
    throw badRequest(
      `A request may have at most ${SEQUENCES_MAX} sequences, got ${prompts.length * sampling.n}`,
      "n",
    );
  }
  refuseWhenFull(services);
  return answer(services.engines, {
    prompts,
    echoes,
    limits: prompts.map(({ tokens }) => limitOf(tokens.length, sampling, services.config)),
    sampling,
    shape,
    head: { id: `${shape.idPrefix}${call.requestId}`, created: createdNow(services), model: sampling.model },
    arrivalMs: call.arrivalMs,
    routingKey: routingKeyOf(call, parts.fields.string("user")),
    signal: call.signal,
  });
}

/** How many new tokens a prompt may get. @throws {ApiError} If prompt and limit do not fit the context */
function limitOf(promptTokens: number, sampling: Sampling, config: ApiConfig): number {
  const room = config.maxModelLen - promptTokens;
  if (room < 1) throw contextExceeded({ tokensMax: config.maxModelLen, what: `${promptTokens} tokens` });
  const { maxTokens } = sampling;
  if (maxTokens !== undefined && maxTokens > room) {
    throw badRequest(
      `\`max_tokens\` is too large: ${maxTokens}. This model's maximum context length is ${config.maxModelLen} tokens ` +
        `and your request has ${promptTokens} input tokens`,
      "max_tokens",
    );
  }
  return maxTokens ?? room;
}

/** @throws {ApiError} If too many requests wait already */
export function refuseWhenFull(services: ApiServices): void {
  const waiting = services.engines.loads().reduce((sum, load) => sum + load.waiting, 0);
  if (waiting < services.config.maxWaiting) return;
  throw new ApiError(429, `Too many requests are waiting: ${waiting}`, { retryAfterSeconds: 1 });
}
