/**
 * Which optional families can move, by what is switched on.
 *
 * @module
 */
import type { EngineConfig } from "../engine/engine_config.ts";

/** Switches of optional families; a family whose switch is off is not defined. */
export interface Features {
  readonly offload: boolean;
  readonly offloadThreshold: boolean;
  readonly kvCacheMetrics: boolean;
  readonly lora: boolean;
  readonly speculation: boolean;
  readonly mfu: boolean;
  readonly corruption: boolean;
  /** The older names of current families. */
  readonly deprecated: boolean;
  /** Whether requests may have images; if not said, they may. */
  readonly items?: boolean;
  /** Whether the engine can be sent to sleep; if not said, it can. */
  readonly sleep?: boolean;
}

/** The switches that a configuration implies. */
export function featuresOf(
  config: EngineConfig,
  options: { mfu?: boolean; deprecated?: boolean } = {},
): Features {
  return {
    offload: config.offloadBlocks > 0,
    offloadThreshold: config.offloadBlocks > 0 && config.offloadReuseThreshold > 0,
    kvCacheMetrics: config.kvMetricsSample > 0,
    lora: config.maxLoras > 0,
    speculation: config.numSpeculativeTokens > 0,
    mfu: options.mfu ?? false,
    corruption: config.corruptionRate > 0,
    deprecated: options.deprecated ?? false,
  };
}
