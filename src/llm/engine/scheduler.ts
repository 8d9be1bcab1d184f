/**
 * Who computes what in the next step: continuous batching with a token budget, as in vLLM's V1 scheduler.
 *
 * @module
 */
import { Batch } from "./batch.ts";
import type { EngineConfig } from "./engine_config.ts";
import type { EngineObserver } from "./engine_observer.ts";
import type { KvCache } from "./kv_cache.ts";
import type { Sequence } from "./sequence.ts";
import { SequenceQueue } from "./sequence_queue.ts";

/** The queue and the running batch of one engine. Owner thread only. */
export class Scheduler {
  readonly waiting = new SequenceQueue();
  /** In order of admission; the last one is the first to be preempted. */
  readonly running: Sequence[] = [];
  /** How many running sequences each adapter has. */
  readonly runningAdapters = new Map<number, number>();
  /** How many of the waiting ones wait for a LoRA slot. */
  deferredCount = 0;
  readonly #config: EngineConfig;
  readonly #kv: KvCache;
  readonly #observer: EngineObserver;
  readonly #batch = new Batch();

  constructor(config: EngineConfig, options: { kv: KvCache; observer: EngineObserver }) {
    this.#config = config;
    this.#kv = options.kv;
    this.#observer = options.observer;
  }

  /** Plans the next step. Running sequences come first, then waiting ones as far as room and budget go. */
  schedule(nowUs: number): Batch {
    const batch = this.#batch;
    batch.clear();
    const budget = this.#scheduleRunning(batch);
    if (budget.preempted === 0) this.#admitWaiting(batch, { budget: budget.tokens, nowUs });
    batch.running = this.running.length;
    return batch;
  }

  /** Takes a sequence out, wherever it is, and frees its blocks. */
  remove(sequence: Sequence): void {
    if (sequence.running) {
      this.#leaveRunning(sequence);
      this.#batch.drop(sequence);
    } else {
      this.waiting.remove(sequence);
      this.#setDeferred(sequence, false);
    }
    this.#kv.release(sequence);
  }

  /** Puts a running sequence back to the front of the queue; its KV is lost. */
  preempt(sequence: Sequence): void {
    this.#leaveRunning(sequence);
    this.#kv.release(sequence);
    sequence.preemptions++;
    this.waiting.unshift(sequence);
    this.#observer.preempted();
  }

  #scheduleRunning(batch: Batch): { tokens: number; preempted: number } {
    let tokens = this.#config.maxNumBatchedTokens;
    let preempted = 0;
    for (let i = 0; i < this.running.length && tokens > 0; i++) {
      const sequence = this.running[i];
      const count = this.#wanted(sequence, tokens);
      let fits = this.#kv.grow(sequence, sequence.computed + count);
      while (!fits) {
        const victim = this.running[this.running.length - 1];
        this.preempt(victim);
        preempted++;
        if (victim === sequence) break;
        fits = this.#kv.grow(sequence, sequence.computed + count);
      }
      if (!fits) break;
      batch.add(sequence, count);
      tokens -= count;
    }
    return { tokens, preempted };
  }

  /** Tokens that a running sequence computes next: the rest of its prompt, or its last token and the drafts after it. */
  #wanted(sequence: Sequence, budget: number): number {
    const missing = sequence.tokens.length - sequence.computed;
    const drafts = sequence.generated > 0 && missing === 1 ? this.#config.numSpeculativeTokens : 0;
    const room = this.#config.maxModelLen - sequence.computed;
    return Math.max(1, Math.min(missing + drafts, budget, room));
  }

  #admitWaiting(batch: Batch, options: { budget: number; nowUs: number }): void {
    let { budget } = options;
    let sequence = this.waiting.first;
    while (sequence !== undefined && budget > 0 && this.running.length < this.#config.maxNumSeqs) {
      const next: Sequence | undefined = sequence.next;
      const deferred = this.#lacksAdapter(sequence);
      this.#setDeferred(sequence, deferred);
      if (!deferred) {
        const count = this.#admit(sequence, { budget, nowUs: options.nowUs });
        if (count === 0) return;
        batch.add(sequence, count);
        if (sequence.preemptions === 0) batch.loadedTokens += sequence.loadedTokens;
        budget -= count;
      }
      sequence = next;
    }
  }

  /** Moves a waiting sequence to the running ones; returns the tokens it computes, 0 if it has to wait. */
  #admit(sequence: Sequence, options: { budget: number; nowUs: number }): number {
    const hit = this.#kv.lookup(sequence);
    const known = hit.cachedTokens + hit.loadedTokens;
    const missing = sequence.tokens.length - known;
    if (missing > options.budget && !this.#config.enableChunkedPrefill) return 0;
    const count = Math.min(missing, options.budget);
    if (!this.#kv.admit(sequence, { hit, tokens: known + count })) return 0;
    this.waiting.remove(sequence);
    sequence.running = true;
    this.running.push(sequence);
    if (sequence.adapter >= 0) {
      this.runningAdapters.set(sequence.adapter, (this.runningAdapters.get(sequence.adapter) ?? 0) + 1);
    }
    if (sequence.scheduledUs >= 0) return count;
    sequence.scheduledUs = options.nowUs;
    sequence.cachedTokens = hit.cachedTokens;
    sequence.loadedTokens = hit.loadedTokens;
    sequence.recomputedTokens = hit.recomputedTokens;
    this.#reportLookup(sequence);
    return count;
  }

  #reportLookup(sequence: Sequence): void {
    if (!this.#config.enablePrefixCaching) return;
    this.#observer.prefixLookup(sequence.promptLength, sequence.cachedTokens);
    if (this.#config.offloadBlocks === 0) return;
    this.#observer.offloadLookup(sequence.promptLength - sequence.cachedTokens, sequence.loadedTokens);
    if (sequence.loadedTokens === 0) return;
    this.#observer.offloadLoaded(
      sequence.loadedTokens,
      sequence.loadedTokens * this.#config.timing.offloadTimePerToken,
    );
  }

  #lacksAdapter(sequence: Sequence): boolean {
    if (sequence.adapter < 0 || this.runningAdapters.has(sequence.adapter)) return false;
    return this.runningAdapters.size >= this.#config.maxLoras;
  }

  #setDeferred(sequence: Sequence, deferred: boolean): void {
    if (sequence.deferred === deferred) return;
    sequence.deferred = deferred;
    this.deferredCount += deferred ? 1 : -1;
  }

  #leaveRunning(sequence: Sequence): void {
    const index = this.running.lastIndexOf(sequence);
    this.running.splice(index, 1);
    sequence.running = false;
    if (sequence.adapter < 0) return;
    const left = this.runningAdapters.get(sequence.adapter)! - 1;
    if (left === 0) this.runningAdapters.delete(sequence.adapter);
    else this.runningAdapters.set(sequence.adapter, left);
  }
}
