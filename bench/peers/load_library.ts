/**
 * Libraries by name.
 *
 * @module
 */
import type { Library } from "./prom_client_api.ts";
import { loadPromClient, PROM_CLIENT_PACKAGES } from "./prom_client.ts";
import { loadOpenTelemetryLibrary, OPENTELEMETRY } from "./opentelemetry.ts";
import { loadPromslab, PROMSLAB } from "./promslab.ts";
import { loadPromslabCompat, PROMSLAB_COMPAT } from "./promslab_compat.ts";

/** The libraries that have the interface of prom-client. */
export const LIBRARY_NAMES: readonly string[] = [
  PROMSLAB,
  PROMSLAB_COMPAT,
  ...PROM_CLIENT_PACKAGES,
];

/** What can be said to an adapter. */
export interface LibraryOptions {
  /** Address space of the slab, for libraries that have one. */
  readonly slabBytes?: number;
  /** Whether its metrics join the process' global registry, for libraries where that makes a difference. */
  readonly global?: boolean;
}

/**
 * Makes an instance of a library, with a registry of its own, by the name that reports show.
 *
 * @throws {TypeError} If there is no adapter of this name.
 */
export async function loadLibrary(
  name: string,
  options: LibraryOptions = {},
): Promise<Library> {
  if (name === PROMSLAB) return loadPromslab(options);
  if (name === PROMSLAB_COMPAT) return loadPromslabCompat(options);
  if (name === OPENTELEMETRY) return await loadOpenTelemetryLibrary();
  if ((PROM_CLIENT_PACKAGES as readonly string[]).includes(name)) {
    return await loadPromClient(name);
  }
  throw new TypeError(`Cannot load "${name}": there is no adapter for it`);
}
