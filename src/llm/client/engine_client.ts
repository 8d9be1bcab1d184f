/**
 * What the API needs of an engine, wherever it runs.
 *
 * @module
 */
import type { PromptFacts } from "../wire/output_frame.ts";

/** One sequence to generate. */
export interface Generation {
  readonly promptTokens: readonly number[];
  /** New tokens at most; 0 for a request that wants only its prompt computed. */
  readonly maxTokens: number;
  readonly minTokens?: number;
  readonly ignoreEos?: boolean;
  /** Whether `maxTokens` is the client's own wish. */
  readonly limited?: boolean;
  readonly seed: number;
  readonly adapter?: number;
  readonly cacheSalt?: number;
  /** Images of the prompt, by content. */
  readonly items?: readonly string[];
}

/** Who gets what a sequence gives. Called from the worker's event loop, never from within `generate()`. */
export interface GenerationListener {
  /**
   * New tokens, valid during the call.
   *
   * @param event.prompt With the first output: what was known of the prompt.
   * @param event.final Whether `end()` follows at once.
   * @returns true if the sequence shall end here, because a stop string was found; then `end()` follows at once
   */
  tokens(tokens: Int32Array, event: { prompt: PromptFacts | undefined; final: boolean }): boolean;
  /** The end, which has been recorded. `reason` is a position in FINISH_REASONS; nothing is called after it. */
  end(reason: number): void;
}

/** A sequence in progress. */
export interface GenerationHandle {
  /** The engine that runs it. */
  readonly engine: number;
  /** Ends it because nobody wants the output any more. Calls no listener. */
  abort(): void;
}

/** How loaded an engine is. */
export interface EngineLoad {
  readonly engine: number;
  readonly running: number;
  readonly waiting: number;
  readonly kvUsage: number;
  readonly sleepLevel: number;
}

/** The engines as one API worker sees them. Owner thread only. */
export interface EngineClient {
  /**
   * Starts the sequences of one request, all on one engine.
   *
   * @param options.arrivalMs When the request came, on `performance.now()`.
   * @param options.routingKey Requests of one key go to one engine, as long as it lives.
   * @throws {EngineUnavailableError} If no engine is there
   */
  generate(
    sequences: readonly { generation: Generation; listener: GenerationListener }[],
    options: { arrivalMs: number; routingKey?: string },
  ): GenerationHandle[];
  /** The engines that are there, by number. */
  loads(): EngineLoad[];
  /** Sends all engines to sleep. */
  sleep(level: 1 | 2): void;
  /** Wakes all engines. */
  wake(): void;
  /** Empties all prefix caches. */
  resetPrefixCache(): void;
}

/** No engine is there to take a request. */
export class EngineUnavailableError extends Error {
  override readonly name = "EngineUnavailableError";
}
