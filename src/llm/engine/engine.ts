/**
 * An inference engine without the inference: a queue, a batch, KV blocks and a clock that is handed in.
 *
 * @module
 */
import type { Batch } from "./batch.ts";
import type { EngineConfig } from "./engine_config.ts";
import {
  type EngineObserver,
  type EngineState,
  SILENT_OBSERVER,
  type StepReport,
} from "./engine_observer.ts";
import { KvCache } from "./kv_cache.ts";
import { Random } from "./random.ts";
import { Scheduler } from "./scheduler.ts";
import { type EngineRequest, FINISH, Sequence } from "./sequence.ts";
import { StepOutputs } from "./step_outputs.ts";
import { stepDurationUs } from "./step_timing.ts";
import type { TokenSource } from "./token_source.ts";

/** Sequences that are set to fail do so within this many tokens. */
const FAIL_WITHIN_TOKENS = 16;

/**
 * Simulates a continuous-batching engine step by step. It has no clock and no thread: the caller says what time
 * it is, waits between the two halves of a step, and carries the outputs to whom they belong. The same calls
 * with the same times give the same outputs. Owner thread only.
 *
 * @example
 * ```ts
 * import { engineConfig } from "./engine_config.ts";
 *
 * const source = { open: () => ({ ended: false, next: () => 65 }) };
 * const engine = new Engine(engineConfig(), { source });
 * engine.add({ id: 1, client: 0, promptTokens: [1, 2, 3], maxTokens: 8, seed: 7 }, 0);
 * const durationUs = engine.beginStep(0)!;
 * const outputs = engine.endStep(durationUs);
 * ```
 */
export class Engine {
  readonly config: EngineConfig;
  readonly #source: TokenSource;
  readonly #observer: EngineObserver;
  readonly #random: Random;
  readonly #kv: KvCache;
  readonly #scheduler: Scheduler;
  readonly #sequences = new Map<number, Sequence>();
  readonly #outputs = new StepOutputs();
  #batch: Batch | undefined;
  #sleepLevel = 0;

  constructor(config: EngineConfig, options: { source: TokenSource; observer?: EngineObserver }) {
    this.config = config;
    this.#source = options.source;
    this.#observer = options.observer ?? SILENT_OBSERVER;
    this.#random = new Random(config.seed);
    this.#kv = new KvCache(config, { observer: this.#observer, random: this.#random });
    this.#scheduler = new Scheduler(config, { kv: this.#kv, observer: this.#observer });
    this.#publishState();
  }

  /** Requests that are not finished. */
  get unfinishedCount(): number {
    return this.#sequences.size;
  }

  /** 0 awake, 1 weights offloaded, 2 all discarded. */
  get sleepLevel(): number {
    return this.#sleepLevel;
  }

  /** Whether a step has begun and not ended; going to sleep ends it without outputs. */
  get stepping(): boolean {
    return this.#batch !== undefined;
  }

  /** Whether {@linkcode beginStep} would find something to do. */
  get hasWork(): boolean {
    return this.#sleepLevel === 0 && this.#sequences.size > 0;
  }

  /**
   * Queues a request.
   *
   * @throws {RangeError} If its id is in use, or if prompt and context length do not fit.
   */
  add(request: EngineRequest, nowUs: number): void {
    if (this.#sequences.has(request.id)) {
      throw new RangeError(`Cannot add request ${request.id}: a request with this id is not finished`);
    }
    const length = request.promptTokens.length;
    const longest = this.config.maxModelLen - (request.maxTokens > 0 ? 1 : 0);
    if (length < 1 || length > longest) {
      throw new RangeError(
        `Cannot add request ${request.id}: prompt must have 1 to ${longest} tokens, got ${length}`,
      );
    }
    if ((request.adapter ?? -1) >= 0 && this.config.maxLoras === 0) {
      throw new RangeError(
        `Cannot add request ${request.id}: adapter ${request.adapter} needs maxLoras above 0`,
      );
    }
    const sequence = new Sequence(request, { stream: this.#source.open(request), queuedUs: nowUs });
    if (this.config.errorRate > 0 && this.#random.float() < this.config.errorRate) {
      sequence.failsAfter = 1 + this.#random.below(FAIL_WITHIN_TOKENS);
    }
    sequence.corrupted = this.config.corruptionRate > 0 && this.#random.float() < this.config.corruptionRate;
    this.#sequences.set(request.id, sequence);
    this.#scheduler.waiting.push(sequence);
    this.#publishState();
  }

  /** Ends a request without further outputs and frees its blocks; false if there is none of this id. */
  abort(id: number): boolean {
    const sequence = this.#sequences.get(id);
    if (sequence === undefined) return false;
    sequence.finish = FINISH.ABORT;
    this.#sequences.delete(id);
    this.#scheduler.remove(sequence);
    this.#publishState();
    return true;
  }

  /** Aborts all requests of a client and returns how many there were. */
  abortClient(client: number): number {
    let count = 0;
    for (const [id, sequence] of this.#sequences) {
      if (sequence.request.client === client && this.abort(id)) count++;
    }
    return count;
  }

  /**
   * Plans the next step.
   *
   * @returns How long it takes in microseconds, or undefined if there is nothing to do.
   */
  beginStep(nowUs: number): number | undefined {
    if (this.#batch !== undefined) throw new TypeError("Cannot begin a step: the last one has not ended");
    if (!this.hasWork) return undefined;
    this.#kv.nowUs = nowUs;
    this.#batch = this.#scheduler.schedule(nowUs);
    this.#publishState();
    return stepDurationUs(this.config, this.#batch, this.#random);
  }

  /** Ends the step that {@linkcode beginStep} began. The outputs are valid until the next call. */
  endStep(nowUs: number): StepOutputs {
    const batch = this.#batch;
    if (batch === undefined) throw new TypeError("Cannot end a step: none has begun");
    this.#batch = undefined;
    this.#kv.nowUs = nowUs;
    const outputs = this.#outputs;
    outputs.clear(nowUs);
    const report = { tokens: 0, outputs: 0, computedTokens: 0, contextTokens: 0 };
    for (let i = 0; i < batch.sequences.length; i++) {
      const sequence = batch.sequences[i];
      if (sequence !== undefined) this.#advance(sequence, { count: batch.counts[i], nowUs, report });
    }
    this.#observer.stepped(report);
    this.#publishState();
    return outputs;
  }

  /** Sends the engine to sleep; running requests go back to the queue and what is cached is lost. */
  sleep(level: 1 | 2): void {
    this.#sleepLevel = level;
    this.#batch = undefined;
    for (let i = this.#scheduler.running.length - 1; i >= 0; i--) {
      this.#scheduler.preempt(this.#scheduler.running[i]);
    }
    this.#kv.discard({ everything: level === 2 });
    this.#publishState();
  }

  /** Ends the sleep. */
  wake(): void {
    this.#sleepLevel = 0;
    this.#publishState();
  }

  /** Forgets all cached prefixes that are not in use. */
  resetPrefixCache(): void {
    this.#kv.discard({ everything: true });
  }

  #advance(sequence: Sequence, step: { count: number; nowUs: number; report: Mutable<StepReport> }): void {
    const { count, nowUs, report } = step;
    const before = sequence.tokens.length;
    const drafts = Math.max(0, sequence.computed + count - before);
    sequence.computed = Math.min(before, sequence.computed + count);
    report.computedTokens += count;
    report.contextTokens += sequence.computed;
    if (sequence.computed < before) return this.#kv.nameFilled(sequence);
    this.#generate(sequence, drafts);
    const added = sequence.tokens.length - before;
    sequence.computed += Math.max(0, added - 1);
    this.#kv.nameFilled(sequence);
    const first = sequence.firstTokenUs < 0;
    report.outputs++;
    report.tokens += added +
      (first ? sequence.promptLength - sequence.cachedTokens - sequence.loadedTokens : 0);
    if (first) sequence.firstTokenUs = nowUs;
    sequence.lastTokenUs = nowUs;
    this.#outputs.add(sequence, { count: added, first });
    if (sequence.finish !== FINISH.NONE) {
      this.#sequences.delete(sequence.request.id);
      this.#scheduler.remove(sequence);
    }
  }

  /** Adds the next token and those drafts that are accepted, up to where the sequence ends. */
  #generate(sequence: Sequence, drafts: number): void {
    const { maxTokens, minTokens = 0, ignoreEos = false } = sequence.request;
    if (maxTokens === 0) {
      sequence.finish = FINISH.STOP;
      return;
    }
    let accepted = 0;
    while (accepted < drafts && this.#random.float() < this.config.speculativeAcceptanceRate) accepted++;
    if (drafts > 0) this.#observer.speculated(drafts, accepted);
    for (let i = 0; i <= accepted; i++) {
      sequence.tokens.push(sequence.stream.next());
      const { generated } = sequence;
      if (generated === sequence.failsAfter) sequence.finish = FINISH.ERROR;
      else if (sequence.stream.ended && !ignoreEos && generated >= minTokens) sequence.finish = FINISH.STOP;
      else if (generated >= maxTokens || sequence.tokens.length >= this.config.maxModelLen) {
        sequence.finish = FINISH.LENGTH;
      } else continue;
      return;
    }
  }

  #publishState(): void {
    const { waiting, deferredCount, running } = this.#scheduler;
    const state: EngineState = {
      running: running.length,
      waiting: waiting.size - deferredCount,
      deferred: deferredCount,
      kvUsage: this.#kv.usage,
      sleepLevel: this.#sleepLevel,
      runningAdapters: this.config.maxLoras > 0 ? sorted(this.#scheduler.runningAdapters.keys()) : [],
      waitingAdapters: this.config.maxLoras > 0 ? waitingAdapters(this.#scheduler) : [],
    };
    this.#observer.state(state);
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function waitingAdapters(scheduler: Scheduler): number[] {
  const adapters = new Set<number>();
  for (const sequence of scheduler.waiting) if (sequence.adapter >= 0) adapters.add(sequence.adapter);
  return sorted(adapters);
}

function sorted(adapters: Iterable<number>): number[] {
  return [...adapters].sort((a, b) => a - b);
}
