/**
 * `/v1/models`, `/tokenize` and `/detokenize`.
 *
 * @module
 */
import { detokenize, tokenize } from "../text/tokenizer.ts";
import { ApiError, badRequest } from "./api_error.ts";
import { type ApiServices, createdNow, type Endpoint } from "./endpoint.ts";
import { readChat } from "./prompts.ts";
import { readBody } from "./read_body.ts";
import { readModel } from "./sampling.ts";

/** Lists the served names and the adapters. */
export const listModels: Endpoint = (services) =>
  Response.json({ object: "list", data: namesOf(services).map((name) => modelCard(services, name)) });

/** Describes one model. */
export const getModel: Endpoint = (services, { url }) => {
  const name = decoded(url.pathname.slice("/v1/models/".length));
  if (!namesOf(services).includes(name)) {
    throw new ApiError(404, `The model \`${name}\` does not exist`, { param: "model" });
  }
  return Response.json(modelCard(services, name));
};

/** Counts the tokens of a text or of a chat. */
export const tokenizeText: Endpoint = async (services, { request }) => {
  const { config } = services;
  const fields = await readBody(request, config.bodyBytesMax);
  readModel(fields, config);
  const text = fields.string("prompt");
  const tokens = text === undefined
    ? readChat(fields, { tokensMax: config.bodyBytesMax }).tokens
    : tokenize(text);
  return Response.json({ count: tokens.length, max_model_len: config.maxModelLen, tokens, token_strs: null });
};

/** Gives the text of tokens. */
export const detokenizeTokens: Endpoint = async (services, { request }) => {
  const fields = await readBody(request, services.config.bodyBytesMax);
  readModel(fields, services.config);
  if (fields.get("tokens") === undefined) throw badRequest("`tokens` is missing", "tokens");
  return Response.json({ prompt: detokenize(fields.tokens("tokens")) });
};

/** A part of a path as it was meant; one that is not well encoded as it is, which names nothing. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function namesOf({ config }: ApiServices): string[] {
  return [...config.models, ...config.adapters];
}

function modelCard(services: ApiServices, id: string) {
  const { config } = services;
  const created = createdNow(services);
  return {
    id,
    object: "model",
    created,
    owned_by: "promslab",
    root: id,
    parent: config.adapters.includes(id) ? config.models[0] : null,
    max_model_len: config.maxModelLen,
    permission: [{
      id: `modelperm-${id}`,
      object: "model_permission",
      created,
      allow_create_engine: false,
      allow_sampling: true,
      allow_logprobs: true,
      allow_search_indices: false,
      allow_view: true,
      allow_fine_tuning: false,
      organization: "*",
      group: null,
      is_blocking: false,
    }],
  };
}
