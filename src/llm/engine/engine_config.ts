/**
 * What an embedded engine is configured by, with the defaults and the checks.
 *
 * @module
 */
import { PROFILES, type TimingProfile } from "./profiles.ts";

/** The configuration of one engine replica. All times are microseconds. */
export interface EngineConfig {
  /** The most sequences that run at once. */
  readonly maxNumSeqs: number;
  /** The most tokens, prompt and new, that one step computes. */
  readonly maxNumBatchedTokens: number;
  /** The longest sequence, prompt and output together. */
  readonly maxModelLen: number;
  /** Tokens of one KV block. */
  readonly blockSize: number;
  /** KV blocks of this replica. */
  readonly numGpuBlocks: number;
  /** Whether full blocks stay findable by their content until they are evicted. */
  readonly enablePrefixCaching: boolean;
  /** Whether a prompt longer than what is left of a step's budget is computed in parts. */
  readonly enableChunkedPrefill: boolean;
  /** LoRA adapters that may run at once; 0 without LoRA. */
  readonly maxLoras: number;
  /** Draft tokens of one speculative step; 0 without speculation. */
  readonly numSpeculativeTokens: number;
  /** The chance that a draft token is accepted if the ones before it were. */
  readonly speculativeAcceptanceRate: number;
  /** KV blocks that the offload tier holds; 0 without one. */
  readonly offloadBlocks: number;
  /** How often a block must have been reused to be worth offloading. */
  readonly offloadReuseThreshold: number;
  /** The share of KV blocks whose residency is sampled; 0 for none. */
  readonly kvMetricsSample: number;
  /** The chance of a request to fail in the engine after its first token. */
  readonly errorRate: number;
  /** The chance of a request to finish flagged as corrupted. */
  readonly corruptionRate: number;
  /** Mean and standard deviation of the output length where the request sets no limit. */
  readonly outputTokensMean: number;
  readonly outputTokensDeviation: number;
  readonly timing: TimingProfile;
  /** By how much the slowest step is slower than one of a single sequence; 1 for no effect of load. */
  readonly timeFactorUnderLoad: number;
  /** Time runs this many times faster than the timing says. */
  readonly speedFactor: number;
  readonly seed: number;
}

/** The configuration of an engine where nothing else is said. */
export const DEFAULT_ENGINE_CONFIG: EngineConfig = {
  maxNumSeqs: 256,
  maxNumBatchedTokens: 2048,
  maxModelLen: 8192,
  blockSize: 16,
  numGpuBlocks: 8192,
  enablePrefixCaching: true,
  enableChunkedPrefill: true,
  maxLoras: 0,
  numSpeculativeTokens: 0,
  speculativeAcceptanceRate: 0.7,
  offloadBlocks: 0,
  offloadReuseThreshold: 0,
  kvMetricsSample: 0,
  errorRate: 0,
  corruptionRate: 0,
  outputTokensMean: 120,
  outputTokensDeviation: 40,
  timing: PROFILES["8b-h100"],
  timeFactorUnderLoad: 2,
  speedFactor: 1,
  seed: 1,
};

/**
 * Completes and checks a configuration.
 *
 * @throws {RangeError} If a value is outside its bounds, or if the KV cache cannot hold one full sequence.
 */
export function engineConfig(options: Partial<EngineConfig> = {}): EngineConfig {
  const config = { ...DEFAULT_ENGINE_CONFIG, ...options };
  for (
    const name of ["maxNumSeqs", "maxNumBatchedTokens", "maxModelLen", "blockSize", "numGpuBlocks"] as const
  ) {
    requireInteger(name, config[name], 1);
  }
  for (
    const name of ["maxLoras", "numSpeculativeTokens", "offloadBlocks", "offloadReuseThreshold"] as const
  ) {
    requireInteger(name, config[name], 0);
  }
  for (
    const name of ["speculativeAcceptanceRate", "kvMetricsSample", "errorRate", "corruptionRate"] as const
  ) {
    if (!(config[name] >= 0 && config[name] <= 1)) {
      throw new RangeError(`Cannot configure the engine: ${name} must be from 0 to 1, got ${config[name]}`);
    }
  }
  if (!(config.speedFactor > 0)) {
    throw new RangeError(
      `Cannot configure the engine: speedFactor must be above 0, got ${config.speedFactor}`,
    );
  }
  if (!(config.timeFactorUnderLoad >= 1)) {
    const given = config.timeFactorUnderLoad;
    throw new RangeError(`Cannot configure the engine: timeFactorUnderLoad must be at least 1, got ${given}`);
  }
  requireRoom(config);
  return config;
}

function requireInteger(name: string, value: number, min: number): void {
  if (Number.isSafeInteger(value) && value >= min) return;
  throw new RangeError(
    `Cannot configure the engine: ${name} must be an integer of at least ${min}, got ${value}`,
  );
}

function requireRoom(config: EngineConfig): void {
  const tokens = config.numGpuBlocks * config.blockSize;
  if (tokens < config.maxModelLen) {
    throw new RangeError(
      `Cannot configure the engine: ${config.numGpuBlocks} KV blocks of ${config.blockSize} tokens hold ${tokens} ` +
        `tokens, fewer than maxModelLen ${config.maxModelLen}`,
    );
  }
  if (!config.enableChunkedPrefill && config.maxNumBatchedTokens < config.maxModelLen) {
    throw new RangeError(
      `Cannot configure the engine: without chunked prefill maxNumBatchedTokens (${config.maxNumBatchedTokens}) ` +
        `must be at least maxModelLen (${config.maxModelLen})`,
    );
  }
  if (config.maxNumBatchedTokens < config.numSpeculativeTokens + 1) {
    throw new RangeError(
      `Cannot configure the engine: maxNumBatchedTokens (${config.maxNumBatchedTokens}) must exceed ` +
        `numSpeculativeTokens (${config.numSpeculativeTokens})`,
    );
  }
}
