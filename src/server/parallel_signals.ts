/**
 * Signals that end a process of `deno serve --parallel`.
 *
 * @module
 */
// CONTROL PLANE
import type { Host } from "../host/types.ts";

/** How long after its start a thread may have siblings, or itself be one, that Deno does not end yet, in milliseconds. */
const STARTING_MS = 10_000;
/** How long what else listens to the signal has until the process is ended, in milliseconds. */
const EXIT_AFTER_MS = 100;

/**
 * Has SIGTERM and SIGINT end the process, in whichever state its threads are. Deno closes the servers of the threads that
 * serve, and the process ends by itself when `close` has let go of what else keeps it; a thread that still starts does
 * not hear the signal, or hears it before it serves, and would then serve for ever. So the process is ended outright while
 * this thread is young, as all of them are then. Call it first thing in a thread; main thread of a process or a
 * thread that Deno serves with.
 *
 * @param close lets go of what keeps the process alive
 * @param now a monotonic clock, in milliseconds
 */
export function endOnSignals(
  host: Pick<Host, "onSignal" | "exit">,
  close: () => void,
  now: () => number = () => performance.now(),
): void {
  const start = now();
  for (const name of ["SIGTERM", "SIGINT"] as const) {
    host.onSignal(name, () => {
      close();
      if (now() - start < STARTING_MS) setTimeout(() => host.exit(0), EXIT_AFTER_MS);
    });
  }
}
