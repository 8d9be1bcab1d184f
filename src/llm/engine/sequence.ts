/**
 * One sequence in an engine: a request's prompt, what was generated, and where it stands.
 *
 * @module
 */
import { rootHash } from "./block_hash.ts";
import type { EngineRequest } from "./engine_request.ts";
import type { TokenStream } from "./token_source.ts";

export type { EngineRequest };

/** Why a sequence ended. The values are those of vLLM's `finished_reason`; the numbers go over the wire. */
export const FINISH_REASONS = ["", "stop", "length", "abort", "error", "repetition"] as const;

/** Positions in {@linkcode FINISH_REASONS}; 0 is a sequence that goes on. */
export const FINISH = { NONE: 0, STOP: 1, LENGTH: 2, ABORT: 3, ERROR: 4, REPETITION: 5 } as const;

/** The state of a request in the engine. Only the engine changes it. */
export class Sequence {
  readonly request: EngineRequest;
  readonly stream: TokenStream;
  readonly adapter: number;
  /** Prompt and new tokens. */
  readonly tokens: number[];
  readonly promptLength: number;
  /** How many of `tokens` have their KV computed. */
  computed = 0;
  readonly blocks: number[] = [];
  /** How many blocks are named, and the hash of the last of them. */
  namedBlocks = 0;
  lastHash: number;
  /** Tokens of the prompt found in the prefix cache and in the offload tier at the first admission. */
  cachedTokens = 0;
  loadedTokens = 0;
  /** Cached tokens that were computed again, because the last token always is. */
  recomputedTokens = 0;
  preemptions = 0;
  #reportedPreemptions = 0;
  running = false;
  /** Whether the sequence waits for a LoRA slot. */
  deferred = false;
  finish: number = FINISH.NONE;
  corrupted = false;
  readonly queuedUs: number;
  /** First time scheduled; -1 before. */
  scheduledUs = -1;
  /** Time of the first output; -1 before. */
  firstTokenUs = -1;
  lastTokenUs = -1;
  /** Fails after this many new tokens; 0 for never. */
  failsAfter = 0;
  next: Sequence | undefined;
  previous: Sequence | undefined;

  constructor(request: EngineRequest, options: { stream: TokenStream; queuedUs: number }) {
    this.request = request;
    this.stream = options.stream;
    this.queuedUs = options.queuedUs;
    this.adapter = request.adapter ?? -1;
    this.tokens = Array.from(request.promptTokens);
    this.promptLength = this.tokens.length;
    this.lastHash = rootHash(this.adapter, request.cacheSalt ?? 0);
  }

  /** New tokens so far. */
  get generated(): number {
    return this.tokens.length - this.promptLength;
  }

  /** How often the sequence was preempted since the last call. */
  takePreemptions(): number {
    const count = this.preemptions - this.#reportedPreemptions;
    this.#reportedPreemptions = this.preemptions;
    return count;
  }

  /** Forgets all that depends on KV blocks, which the caller has released. */
  resetComputed(): void {
    this.computed = 0;
    this.blocks.length = 0;
    this.namedBlocks = 0;
    this.lastHash = rootHash(this.adapter, this.request.cacheSalt ?? 0);
  }
}
