/**
 * What an engine's metrics are made from.
 *
 * @module
 */
import { type EngineLabels, PLAIN_ENGINE_LABELS } from "../../families/engine_labels.ts";
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
  /** How the engine is labelled. Default: by its number. */
  readonly engineLabels?: EngineLabels;
  /** Seconds since the Unix epoch, for the LoRA family. */
  readonly nowSeconds?: () => number;
}

/** The label values that all of an engine's series begin with. */
export function engineValues(
  options: { readonly model: string; readonly engine: number; readonly engineLabels?: EngineLabels },
): readonly string[] {
  return [options.model, ...(options.engineLabels ?? PLAIN_ENGINE_LABELS).valuesOf(options.engine)];
}
