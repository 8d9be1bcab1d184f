/**
 * What an engine's metrics are made from.
 *
 * @module
 */
import type { Registerer } from "../../metric/registerer.ts";
import type { EngineConfig } from "../engine/engine_config.ts";
import type { Features } from "./features.ts";

/** Whose metrics these are. */
export interface EngineMetricsOptions {
  /** The first served model name. */
  readonly model: string;
  /** The replica's number. */
  readonly engine: number;
  readonly config: EngineConfig;
  readonly features: Features;
  /** Names of the LoRA adapters, by index. */
  readonly adapters?: readonly string[];
  readonly registry?: Registerer;
  /** Seconds since the Unix epoch, for the LoRA family. */
  readonly nowSeconds?: () => number;
}
