/**
 * `/v1/embeddings`.
 *
 * @module
 */
import { FINISH } from "../engine/sequence.ts";
import { Random } from "../engine/random.ts";
import { ApiError, badRequest } from "./api_error.ts";
import type { Endpoint } from "./endpoint.ts";
import { refuseWhenFull } from "./generate.ts";
import { contextExceeded, type Prompt, readPrompts } from "./prompts.ts";
import { readBody } from "./read_body.ts";
import { readModel } from "./sampling.ts";
import type { EngineClient } from "../client/engine_client.ts";

const DIMENSIONS_MAX = 8192;
/** As many as OpenAI takes: each is a sequence of its own. */
const INPUTS_MAX = 2048;

/** Turns texts into vectors. */
export const embeddings: Endpoint = async (services, call) => {
  const { config } = services;
  const fields = await readBody(call.request, config.bodyBytesMax);
  const { model, adapter } = readModel(fields, config);
  const dimensions = fields.integer("dimensions", { min: 1, max: DIMENSIONS_MAX }) ??
    config.embeddingDimensions;
  const format = fields.string("encoding_format") ?? "float";
  if (format !== "float" && format !== "base64") {
    throw badRequest(`\`encoding_format\` must be float or base64, got ${format}`, "encoding_format");
  }
  const prompts = readPrompts(fields, "input", { tokensMax: config.maxModelLen });
  if (prompts.length > INPUTS_MAX) {
    throw badRequest(`\`input\` may have at most ${INPUTS_MAX} texts, got ${prompts.length}`, "input");
  }
  for (const { tokens } of prompts) {
    if (tokens.length <= config.maxModelLen) continue;
    throw contextExceeded({ tokensMax: config.maxModelLen, what: `${tokens.length} tokens` });
  }
  refuseWhenFull(services);
  const options = { adapter, signal: call.signal(), arrivalMs: call.arrivalMs };
  await Promise.all(prompts.map((prompt) => prefill(services.engines, prompt, options)));
  const count = prompts.reduce((sum, { tokens }) => sum + tokens.length, 0);
  return Response.json({
    object: "list",
    model,
    data: prompts.map(({ tokens }, index) => {
      const vector = embed(tokens, dimensions);
      return { object: "embedding", index, embedding: format === "base64" ? toBase64(vector) : [...vector] };
    }),
    usage: { prompt_tokens: count, total_tokens: count },
  });
};

/** Has an engine compute a prompt. @throws {ApiError} If it cannot, or the client has left */
function prefill(
  engines: EngineClient,
  prompt: Prompt,
  options: { adapter: number; signal: AbortSignal; arrivalMs: number },
): Promise<void> {
  const { adapter, signal, arrivalMs } = options;
  return new Promise((resolve, reject) => {
    const left = () => {
      handle.abort();
      reject(new ApiError(499, "The client has left"));
    };
    const [handle] = engines.generate([{
      generation: { promptTokens: prompt.tokens, maxTokens: 0, seed: 0, adapter },
      listener: {
        tokens: () => false,
        end: (reason) => {
          signal.removeEventListener("abort", left);
          if (reason === FINISH.STOP) resolve();
          else reject(new ApiError(503, "The engine was lost while it worked on this request"));
        },
      },
    }], { arrivalMs });
    signal.addEventListener("abort", left, { once: true });
  });
}

/** A unit vector that is the sum of one direction for each token: texts with common tokens are near each other. */
function embed(tokens: readonly number[], dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  for (const token of new Set(tokens)) {
    const random = new Random(token);
    for (let i = 0; i < dimensions; i++) vector[i] += random.float() - 0.5;
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}

/** Little-endian 32-bit floats in base64, as OpenAI's clients ask for by default. */
function toBase64(vector: Float32Array): string {
  const view = new DataView(new ArrayBuffer(vector.length * 4));
  vector.forEach((value, i) => view.setFloat32(i * 4, value, true));
  let bytes = "";
  for (let i = 0; i < view.byteLength; i++) bytes += String.fromCharCode(view.getUint8(i));
  return btoa(bytes);
}
