/**
 * What an engine is asked for.
 *
 * @module
 */

/** What an API worker asks an engine for. */
export interface EngineRequest {
  /** Unique among the requests of all clients that are not finished. */
  readonly id: number;
  /** Who gets the outputs, by a number of the caller's choice. */
  readonly client: number;
  readonly promptTokens: ArrayLike<number>;
  /** New tokens at most; 0 for a request that wants only its prompt computed (embeddings). */
  readonly maxTokens: number;
  /** No end before this many new tokens. */
  readonly minTokens?: number;
  /** Go on to `maxTokens`, whatever the model says. */
  readonly ignoreEos?: boolean;
  /** Whether `maxTokens` is the client's own wish. */
  readonly limited?: boolean;
  readonly seed: number;
  /** The LoRA adapter's index, -1 for the base model. */
  readonly adapter?: number;
  /** Requests with different salts never share KV blocks. */
  readonly cacheSalt?: number;
}
