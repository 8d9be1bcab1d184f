/**
 * Text to tokens and back, with a published byte-pair encoding.
 *
 * @module
 */
import ranks from "gpt-tokenizer/bpeRanks/cl100k_base";
import { encode } from "gpt-tokenizer/encoding/cl100k_base";

/** Runs without a break that are longer than this many characters are encoded in parts. */
const RUN_CHARACTERS_MAX = 256;
const LONG_RUN = new RegExp(`\\S{${RUN_CHARACTERS_MAX + 1}}|\\s{${RUN_CHARACTERS_MAX + 1}}`, "u");
const RUNS = new RegExp(
  `\\S{1,${RUN_CHARACTERS_MAX}}\\s{0,${RUN_CHARACTERS_MAX}}|\\s{1,${RUN_CHARACTERS_MAX}}`,
  "gu",
);

/** The tokens that begin and end a message of a chat. */
export const MESSAGE_START = 100264;
export const MESSAGE_END = 100265;

/** Tokens from 0 up to but not including this one exist, the special ones included. */
export const VOCABULARY_SIZE = 100277;

/** No token is longer than this, so a text of more characters than `tokens * CHARACTERS_PER_TOKEN_MAX` is too long. */
export const CHARACTERS_PER_TOKEN_MAX = 128;

const ORDINARY_TEXT = { disallowedSpecial: new Set<string>() };

/**
 * The tokens of a text. What looks like a special token in it is ordinary text.
 * Its time grows with the length of the text and not with its square, whatever the text is.
 */
export function tokenize(text: string): number[] {
  if (text.length <= RUN_CHARACTERS_MAX || !LONG_RUN.test(text)) return encode(text, ORDINARY_TEXT);
  const tokens: number[] = [];
  for (const [run] of text.matchAll(RUNS)) {
    for (const token of encode(run, ORDINARY_TEXT)) tokens.push(token);
  }
  return tokens;
}

/** What a token stands for: text, or bytes that are only part of a character. Special and unknown tokens are empty. */
export function tokenPiece(token: number): string | readonly number[] {
  return (ranks as readonly (string | readonly number[])[])[token] ?? "";
}

/** Turns tokens into text as they come. Characters that are spread over tokens come out with their last token. */
export class Detokenizer {
  #decoder: TextDecoder | undefined;

  /** The text that a further token completes; often empty for a part of a character. */
  push(token: number): string {
    const piece = tokenPiece(token);
    if (typeof piece !== "string") {
      this.#decoder ??= new TextDecoder();
      return this.#decoder.decode(Uint8Array.from(piece), { stream: true });
    }
    if (this.#decoder === undefined) return piece;
    const pending = this.#decoder.decode();
    this.#decoder = undefined;
    return pending + piece;
  }

  /** The text of what was left incomplete. */
  end(): string {
    const rest = this.#decoder?.decode() ?? "";
    this.#decoder = undefined;
    return rest;
  }
}

/** The text of a run of tokens. */
export function detokenize(tokens: Iterable<number>): string {
  const detokenizer = new Detokenizer();
  let text = "";
  for (const token of tokens) text += detokenizer.push(token);
  return text + detokenizer.end();
}
