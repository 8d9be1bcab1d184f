/**
 * The main thread's part of an extension's families.
 *
 * @module
 */
import { Registry } from "../../registry/registry.ts";
import type { ExtensionServices } from "../../server/extension.ts";

/** The slot of main's own slab: after those of workers, before those of an extension's threads. */
const MAIN_SLOT = 4095;

/** How often the registry takes note of removals. */
const BEAT_MS = 250;

/** A registry of the main thread in a slab of one server, and what keeps its heart beating. */
export interface MainRegistry {
  readonly registry: Registry;
  /** Ends the heartbeat; what is in the slab stays. */
  close(): void;
}

/**
 * Makes a registry in a slab of this server, so that another server of the process may have other families. It counts
 * as no worker, but it beats as one does. WHY: a slab whose owner never takes note of removals would keep all of them
 * in the log for ever. Main thread only.
 */
export function openMainRegistry({ slabs }: Pick<ExtensionServices, "slabs">): MainRegistry {
  const registry = new Registry();
  registry.attach(slabs.open({ slot: MAIN_SLOT, epoch: 1, beats: false }).attachment);
  const timer = setInterval(() => registry.beat(), BEAT_MS);
  return { registry, close: () => clearInterval(timer) };
}
