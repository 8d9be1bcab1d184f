/**
 * The registry that metrics join unless told otherwise.
 *
 * @module
 */
// CONTROL PLANE
import type { MetricRegistry } from "./types.ts";

let registry: MetricRegistry | undefined;

/** Names the registry; once, when the module of registries is loaded. */
export function setGlobalRegistry(given: MetricRegistry): void {
  registry = given;
}

/**
 * The registry.
 *
 * @throws {Error} If the module of registries was not loaded
 */
export function globalRegistry(): MetricRegistry {
  if (registry === undefined) throw new Error("Cannot find the global registry: it is not loaded yet");
  return registry;
}
