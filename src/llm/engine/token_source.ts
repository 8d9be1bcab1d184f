/**
 * Where new tokens come from. The engine decides when; a source decides which.
 *
 * @module
 */
import type { EngineRequest } from "./engine_request.ts";

/** The tokens of one sequence, in order. */
export interface TokenStream {
  /** Whether the token that {@linkcode next} gave last is a good place to end. It stays true if one goes on. */
  readonly ended: boolean;
  /** The next token; there is always one. */
  next(): number;
}

/** A model, as far as an engine needs one. */
export interface TokenSource {
  /** Begins a sequence; the same request gives the same tokens. */
  open(request: EngineRequest): TokenStream;
}
