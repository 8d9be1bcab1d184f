/**
 * What an engine tells about itself while it runs. The metrics, the stats log and the tests listen here.
 *
 * @module
 */

/** The state of an engine between two steps. */
export interface EngineState {
  readonly running: number;
  /** Waiting for room. */
  readonly waiting: number;
  /** Waiting for a LoRA slot. */
  readonly deferred: number;
  /** Share of KV blocks in use, 0 to 1. */
  readonly kvUsage: number;
  /** 0 awake, 1 weights offloaded, 2 all discarded. */
  readonly sleepLevel: number;
  /** Adapters (by index) with a running sequence, ascending. */
  readonly runningAdapters: readonly number[];
  /** Adapters (by index) with a waiting sequence, ascending. */
  readonly waitingAdapters: readonly number[];
}

/** What one step computed. */
export interface StepReport {
  /** Prompt tokens computed of the sequences whose prefill ended, and all new tokens. */
  readonly tokens: number;
  /** Sequences that gave an output. */
  readonly outputs: number;
  /** Prompt and new tokens that went through the model, finished prefills or not. */
  readonly computedTokens: number;
  /** Tokens whose KV was read. */
  readonly contextTokens: number;
}

/** Listener to an engine's events. Called on the engine's thread, between steps; it must not throw. */
export interface EngineObserver {
  /** A sequence was admitted for the first time: its prompt was looked up in the prefix cache. */
  prefixLookup(queriedTokens: number, hitTokens: number): void;
  /** What was not found was looked up in the offload tier. */
  offloadLookup(queriedTokens: number, hitTokens: number): void;
  /** KV came back from the offload tier. */
  offloadLoaded(tokens: number, durationUs: number): void;
  /** KV went to the offload tier. */
  offloadStored(tokens: number, durationUs: number): void;
  /** A block was not worth storing. */
  offloadSkipped(): void;
  /** A running sequence was put back into the queue. */
  preempted(): void;
  /** A sampled KV block was evicted. */
  blockEvicted(lifetimeUs: number, idleUs: number, reuseGapsUs: readonly number[]): void;
  /** A sequence ran a speculative step. */
  speculated(draftTokens: number, acceptedTokens: number): void;
  /** A step ended. */
  stepped(report: StepReport): void;
  /** Something of the state may have changed. */
  state(state: EngineState): void;
}

/** An observer that listens to nothing, to build others from. */
export const SILENT_OBSERVER: EngineObserver = {
  prefixLookup() {},
  offloadLookup() {},
  offloadLoaded() {},
  offloadStored() {},
  offloadSkipped() {},
  preempted() {},
  blockEvicted() {},
  speculated() {},
  stepped() {},
  state() {},
};
