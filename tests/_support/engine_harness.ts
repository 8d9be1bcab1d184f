/**
 * Runs an embedded engine by hand, without threads and without waiting.
 *
 * @module
 */
import { Engine } from "../../src/llm/engine/engine.ts";
import { type EngineConfig, engineConfig } from "../../src/llm/engine/engine_config.ts";
import type { EngineObserver, EngineState } from "../../src/llm/engine/engine_observer.ts";
import { PROFILES } from "../../src/llm/engine/profiles.ts";
import { type EngineRequest, FINISH_REASONS, type Sequence } from "../../src/llm/engine/sequence.ts";
import type { TokenSource } from "../../src/llm/engine/token_source.ts";

/** What a request got in the end. */
export interface Finished {
  readonly id: number;
  readonly reason: string;
  readonly generated: number;
  readonly sequence: Sequence;
}

/** A source whose sequences end by themselves after `length` tokens. */
export function countingSource(length = Infinity): TokenSource {
  return {
    open(request) {
      let count = 0;
      return {
        get ended() {
          return count >= length;
        },
        next: () => 1000 + (request.seed * 7919 + count++) % 30000,
      };
    },
  };
}

/** Counts an engine's events. */
export class CountingObserver implements EngineObserver {
  queries = 0;
  hits = 0;
  offload = { queries: 0, hits: 0, loads: 0, stores: 0, skips: 0 };
  preemptions = 0;
  evictions: { lifetimeUs: number; idleUs: number; gaps: number }[] = [];
  drafts = 0;
  draftTokens = 0;
  acceptedTokens = 0;
  steps = 0;
  stepTokens: number[] = [];
  states: EngineState[] = [];

  prefixLookup(queried: number, hit: number): void {
    this.queries += queried;
    this.hits += hit;
  }
  offloadLookup(queried: number, hit: number): void {
    this.offload.queries += queried;
    this.offload.hits += hit;
  }
  offloadLoaded(): void {
    this.offload.loads++;
  }
  offloadStored(): void {
    this.offload.stores++;
  }
  offloadSkipped(): void {
    this.offload.skips++;
  }
  preempted(): void {
    this.preemptions++;
  }
  blockEvicted(lifetimeUs: number, idleUs: number, reuseGapsUs: readonly number[]): void {
    this.evictions.push({ lifetimeUs, idleUs, gaps: reuseGapsUs.length });
  }
  speculated(draftTokens: number, acceptedTokens: number): void {
    this.drafts++;
    this.draftTokens += draftTokens;
    this.acceptedTokens += acceptedTokens;
  }
  stepped(report: { tokens: number; outputs: number }): void {
    this.steps++;
    if (report.outputs > 0) this.stepTokens.push(report.tokens);
  }
  state(state: EngineState): void {
    this.states.push(state);
  }
}

/** An engine with a clock that jumps from step end to step end. */
export class EngineHarness {
  readonly observer = new CountingObserver();
  readonly engine: Engine;
  readonly finished: Finished[] = [];
  /** Tokens that each request got so far. */
  readonly received = new Map<number, number[]>();
  nowUs = 0;

  constructor(options: Partial<EngineConfig> & { source?: TokenSource } = {}) {
    const { source = countingSource(), ...config } = options;
    this.engine = new Engine(engineConfig({ timing: PROFILES.instant, ...config }), {
      source,
      observer: this.observer,
    });
  }

  /** The engine's last published state. */
  get state(): EngineState {
    return this.observer.states[this.observer.states.length - 1];
  }

  add(request: Partial<EngineRequest> & { id: number }): void {
    this.engine.add(
      { client: 0, promptTokens: [1, 2, 3], maxTokens: 4, seed: request.id, ...request },
      this.nowUs,
    );
  }

  /** Runs one step and returns its duration, or undefined if there was nothing to do. */
  step(): number | undefined {
    const durationUs = this.engine.beginStep(this.nowUs);
    if (durationUs === undefined) return undefined;
    this.nowUs += durationUs;
    const outputs = this.engine.endStep(this.nowUs);
    for (let i = 0; i < outputs.length; i++) {
      const sequence = outputs.sequences[i];
      const { id } = sequence.request;
      const tokens = this.received.get(id) ?? [];
      if (outputs.counts[i] > 0) tokens.push(...sequence.tokens.slice(-outputs.counts[i]));
      this.received.set(id, tokens);
      if (sequence.finish === 0) continue;
      const reason = FINISH_REASONS[sequence.finish];
      this.finished.push({ id, reason, generated: sequence.generated, sequence });
    }
    return durationUs;
  }

  /** Steps until nothing is left to do. */
  drain(stepsMax = 100_000): void {
    for (let i = 0; i < stepsMax; i++) if (this.step() === undefined) return;
    throw new Error(`The engine did not come to rest within ${stepsMax} steps`);
  }
}
