/**
 * The duration of an engine step.
 *
 * @module
 */
import type { EngineConfig } from "./engine_config.ts";
import type { Random } from "./random.ts";

/** What a step computes, as far as its duration depends on it. */
export interface StepWork {
  /** Sequences in the running batch. */
  readonly running: number;
  /** Sequences that get a further token. */
  readonly decodes: number;
  /** Sequences of which part of the prompt is computed. */
  readonly prefills: number;
  /** Whether one of them begins in this step. */
  readonly prefillStarts: boolean;
  /** Prompt tokens computed, over all sequences. */
  readonly prefillTokens: number;
  /** The greatest share of its uncached prompt that a sequence computes in this step. */
  readonly prefillShareMax: number;
  /** Tokens whose KV comes from the offload tier. */
  readonly loadedTokens: number;
}

/** By how much a batch of `running` sequences is slower than a single one. */
export function loadFactor(config: EngineConfig, running: number): number {
  if (config.maxNumSeqs <= 1) return 1;
  return 1 + (config.timeFactorUnderLoad - 1) * (Math.max(1, running) - 1) / (config.maxNumSeqs - 1);
}

/**
 * The duration of a step in microseconds. Decoding and prefill of one step run together, so the longer one counts.
 * Noise is normal and stays within 0.3 and 1.7 times the mean.
 */
export function stepDurationUs(config: EngineConfig, work: StepWork, random: Random): number {
  const { timing } = config;
  const decode = work.decodes > 0 ? timing.interTokenLatency : 0;
  let prefill = 0;
  if (work.prefills > 0) {
    prefill = timing.timeToFirstToken > 0
      ? timing.timeToFirstToken * work.prefillShareMax
      : (work.prefillStarts ? timing.prefillOverhead : 0) + work.prefillTokens * timing.prefillTimePerToken;
  }
  const computed = Math.max(decode, prefill) * loadFactor(config, work.running);
  const mean = computed + work.loadedTokens * timing.offloadTimePerToken;
  if (mean === 0) return 0;
  const noise = timing.jitter === 0 ? 1 : Math.min(1.7, Math.max(0.3, 1 + random.normal() * timing.jitter));
  return mean * noise / config.speedFactor;
}
