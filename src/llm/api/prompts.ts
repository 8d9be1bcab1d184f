/**
 * From what clients send to prompts of tokens.
 *
 * @module
 */
import {
  CHARACTERS_PER_TOKEN_MAX,
  MESSAGE_END,
  MESSAGE_START,
  tokenize,
  VOCABULARY_SIZE,
} from "../text/tokenizer.ts";
import { type ApiError, badRequest } from "./api_error.ts";
import { describe, Fields } from "./fields.ts";

/** One prompt. */
export interface Prompt {
  readonly tokens: readonly number[];
  /** Images in it, by their URL or content. */
  readonly items: readonly string[];
}

/** What an image is to the model: this many tokens. */
const TOKENS_PER_ITEM = 64;
const ITEM_TOKEN = VOCABULARY_SIZE - 1;
const ROLES = new Set(["system", "developer", "user", "assistant", "tool", "function"]);

/**
 * The prompts of a field that is a text, an array of texts, an array of tokens, or an array of arrays of tokens.
 *
 * @throws {ApiError} If it is none of them, is empty, or has unknown tokens
 */
export function readPrompts(fields: Fields, name: string, options: { tokensMax: number }): Prompt[] {
  const value = fields.get(name);
  const prompts = splitPrompts(value).map((prompt) => readPrompt(prompt, name, options.tokensMax));
  if (prompts.length === 0) throw badRequest(`\`${name}\` must not be empty`, name);
  return prompts;
}

function splitPrompts(value: unknown): unknown[] {
  if (!Array.isArray(value)) return [value];
  return value.length > 0 && typeof value[0] === "number" ? [value] : value;
}

function readPrompt(value: unknown, name: string, tokensMax: number): Prompt {
  if (typeof value === "string") {
    return { tokens: nonEmpty(tokenizeBounded(value, tokensMax), name), items: [] };
  }
  if (!Array.isArray(value)) {
    throw badRequest(`\`${name}\` must be text or tokens, or an array of them, got ${describe(value)}`, name);
  }
  for (const token of value) {
    if (!Number.isSafeInteger(token) || token < 0 || token >= VOCABULARY_SIZE) {
      throw badRequest(
        `\`${name}\` must have token ids from 0 to ${VOCABULARY_SIZE - 1}, got ${describe(token)}`,
        name,
      );
    }
  }
  return { tokens: nonEmpty(value, name), items: [] };
}

function nonEmpty<T extends { length: number }>(tokens: T, name: string): T {
  if (tokens.length === 0) throw badRequest(`\`${name}\` must not be empty`, name);
  return tokens;
}

/** Text that cannot fit is refused before the work of counting its tokens. */
function tokenizeBounded(text: string, tokensMax: number): number[] {
  if (text.length > tokensMax * CHARACTERS_PER_TOKEN_MAX) {
    throw contextExceeded({ tokensMax, what: `${text.length} characters` });
  }
  return tokenize(text);
}

/** The error for a prompt that leaves no room. */
export function contextExceeded(prompt: { tokensMax: number; what: string }): ApiError {
  return badRequest(
    `This model's maximum context length is ${prompt.tokensMax} tokens. However, your request has ` +
      `${prompt.what} of input. Please reduce the length of the input`,
    "input_tokens",
  );
}

/**
 * The prompt of a chat: each message between its marks, then the beginning of the answer.
 *
 * @throws {ApiError} If the messages are not as they must be
 */
export function readChat(fields: Fields, options: { tokensMax: number }): Prompt {
  const messages = fields.get("messages");
  if (!Array.isArray(messages) || messages.length === 0) {
    throw badRequest(
      `\`messages\` must be an array with at least one message, got ${describe(messages)}`,
      "messages",
    );
  }
  const tokens: number[] = [];
  const items: string[] = [];
  for (const [index, message] of messages.entries()) {
    readMessage(message, { index, tokensMax: options.tokensMax, tokens, items });
  }
  tokens.push(MESSAGE_START);
  append(tokens, tokenize("assistant\n"));
  return { tokens, items };
}

function readMessage(
  message: unknown,
  into: { index: number; tokensMax: number; tokens: number[]; items: string[] },
): void {
  const { index, tokens, items, tokensMax } = into;
  const where = `messages[${index}]`;
  if (typeof message !== "object" || message === null || Array.isArray(message)) {
    throw badRequest(`\`${where}\` must be an object, got ${describe(message)}`, where);
  }
  const fields = new Fields(message);
  const role = fields.string("role");
  if (role === undefined || !ROLES.has(role)) {
    throw badRequest(
      `\`${where}.role\` must be one of ${[...ROLES].join(", ")}, got ${role ?? "nothing"}`,
      where,
    );
  }
  tokens.push(MESSAGE_START);
  append(tokens, tokenizeBounded(`${role}\n`, tokensMax));
  const content = fields.get("content");
  if (Array.isArray(content)) {
    for (const part of content) readPart(part, { where, tokens, items, tokensMax });
  } else if (typeof content === "string") append(tokens, tokenizeBounded(content, tokensMax));
  else if (content !== undefined || (role !== "assistant" && fields.get("tool_calls") === undefined)) {
    throw badRequest(
      `\`${where}.content\` must be text or an array of parts, got ${describe(content)}`,
      where,
    );
  }
  tokens.push(MESSAGE_END);
  append(tokens, tokenize("\n"));
}

function readPart(
  value: unknown,
  into: { where: string; tokens: number[]; items: string[]; tokensMax: number },
): void {
  if (typeof value === "string") return append(into.tokens, tokenizeBounded(value, into.tokensMax));
  const part = new Fields(value);
  const type = part.string("type");
  if (type === "text" || type === "refusal") {
    return append(into.tokens, tokenizeBounded(part.string(type) ?? "", into.tokensMax));
  }
  const source = type === undefined ? undefined : part.get(type);
  if (type === "image_url" || type === "input_audio" || type === "video_url") {
    if (source === undefined) {
      throw badRequest(
        `\`${into.where}.content\` has a part of type ${type} without \`${type}\``,
        into.where,
      );
    }
    into.items.push(JSON.stringify(source));
    for (let i = 0; i < TOKENS_PER_ITEM; i++) into.tokens.push(ITEM_TOKEN);
    return;
  }
  throw badRequest(`\`${into.where}.content\` has a part of unknown type ${type ?? "(none)"}`, into.where);
}

function append(tokens: number[], more: readonly number[]): void {
  for (const token of more) tokens.push(token);
}
