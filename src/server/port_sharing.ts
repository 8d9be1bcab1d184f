/**
 * What becomes of the wish for several workers where the system does not spread one port's connections over threads.
 *
 * @module
 */
// CONTROL PLANE
import type { Host } from "../host/types.ts";
import type { ResolvedOptions } from "./options.ts";

/** What is asked of a host here. */
type Sharer = Pick<Host, "portSharing">;

/** Falls back to one worker where a port cannot be shared, and says so in one line. */
export function shareable<Options extends Pick<ResolvedOptions, "workers">>(
  options: Options,
  host: Sharer,
  log: (line: string) => void,
): Options {
  const sharing = host.portSharing();
  if (options.workers === 1 || sharing.possible) return options;
  log(`one worker instead of ${options.workers}: ${sharing.reason}`);
  return { ...options, workers: 1 };
}

/** Whether the serving port is opened so that others of this process may join: a single worker does so if it is free. */
export function sharesPort({ workers }: Pick<ResolvedOptions, "workers">, host: Sharer): boolean {
  const sharing = host.portSharing();
  return workers > 1 || (sharing.possible && sharing.free);
}
