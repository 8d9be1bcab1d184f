/**
 * Log probabilities: of the right shape, and made up.
 *
 * @module
 */
import { tokenPiece, VOCABULARY_SIZE } from "../text/tokenizer.ts";

/** One token and what it might have been. */
export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly bytes: readonly number[];
  readonly top_logprobs: readonly { token: string; logprob: number; bytes: readonly number[] }[];
}

/** The log probability of a token with `count` alternatives, the token itself first; the same for the same token. */
export function tokenLogprob(token: number, count: number): TokenLogprob {
  const own = { ...described(token), logprob: likelihood(token) };
  const top = Array.from({ length: count }, (_, rank) => {
    if (rank === 0) return own;
    return { ...described((token + rank * 7919) % (VOCABULARY_SIZE - 300)), logprob: own.logprob - rank };
  });
  return { ...own, top_logprobs: top };
}

/** The shape of the older endpoint: columns instead of objects. */
export interface CompletionLogprobs {
  readonly text_offset: number[];
  readonly token_logprobs: number[];
  readonly tokens: string[];
  readonly top_logprobs: Record<string, number>[];
}

/** Columns for tokens whose text begins at `offset`. */
export function completionLogprobs(logprobs: readonly TokenLogprob[], offset: number): CompletionLogprobs {
  const columns: CompletionLogprobs = { text_offset: [], token_logprobs: [], tokens: [], top_logprobs: [] };
  for (const { token, logprob, top_logprobs } of logprobs) {
    columns.text_offset.push(offset);
    columns.token_logprobs.push(logprob);
    columns.tokens.push(token);
    columns.top_logprobs.push(Object.fromEntries(top_logprobs.map((top) => [top.token, top.logprob])));
    offset += token.length;
  }
  return columns;
}

function described(token: number): { token: string; bytes: readonly number[] } {
  const piece = tokenPiece(token);
  if (typeof piece === "string") return { token: piece, bytes: [...new TextEncoder().encode(piece)] };
  return { token: new TextDecoder().decode(Uint8Array.from(piece)), bytes: piece };
}

function likelihood(token: number): number {
  return -((Math.imul(token + 1, 0x9e3779b1) >>> 16) % 1000) / 1000 - 0.001;
}
