/**
 * Ends a Deno thread whose heap has overflowed.
 *
 * At its heap limit Deno breaks off what the thread is doing and raises the limit so that it can unwind. Where the
 * code was called by the HTTP server or by a message, nobody reports that: the thread lives on with a request that
 * is never answered. A limit that has been raised tells. Node ends and reports such a thread itself.
 *
 * @module
 */
import { getHeapStatistics } from "node:v8";

/** The exit code of a thread that ended itself because its heap had overflowed. */
export const HEAP_OVERFLOW_CODE = 134;

const CHECK_MS = 250;

/** Watches the heap of this thread until it ends, and ends it after an overflow. */
export function watchHeap(exit: (code: number) => void): void {
  const limitBytes = getHeapStatistics().heap_size_limit;
  setInterval(() => {
    if (getHeapStatistics().heap_size_limit > limitBytes) exit(HEAP_OVERFLOW_CODE);
  }, CHECK_MS);
}

/** The error of a thread that ended itself so, like the one of a thread that the runtime ended. */
export function heapOverflowError(): Error {
  return Object.assign(new Error("The worker reached its heap limit"), { code: "ERR_WORKER_OUT_OF_MEMORY" });
}
