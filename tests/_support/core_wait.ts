/**
 * How long a thread was kept waiting for a core, which no code of its own can change.
 *
 * @module
 */
import { existsSync, readFileSync } from "node:fs";

const SCHEDSTAT = "/proc/thread-self/schedstat";
const isKnown = existsSync(SCHEDSTAT);

/** The same of the main thread of another process. */
export function coreWaitMsOf(pid: number): number {
  const path = `/proc/${pid}/task/${pid}/schedstat`;
  return existsSync(path) ? Number(readFileSync(path, "latin1").split(" ")[1]) / 1e6 : 0;
}

/** Milliseconds that the calling thread was ready to run and had no core, so far; 0 where the system does not tell. */
export function coreWaitMs(): number {
  // Nanoseconds on a core, nanoseconds in the queue for one, how often.
  return isKnown ? Number(readFileSync(SCHEDSTAT, "latin1").split(" ")[1]) / 1e6 : 0;
}
