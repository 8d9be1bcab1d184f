/**
 * Worker threads by `node:worker_threads`, the one primitive that reports a thread's end on Deno, Bun and Node,
 * hands over memory before the thread's first line runs, and survives a heap that overflows.
 *
 * @module
 */
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import type { SpawnOptions, WorkerEnd, WorkerScope, WorkerThread } from "./types.ts";
import { HEAP_OVERFLOW_CODE, heapOverflowError, watchHeap } from "./heap_watch.ts";
import { holdLock, lockReleased, locksProveEnds } from "./thread_lock.ts";

/** What travels in `workerData`: the lock's name beside the caller's data, under one key that no user data takes. */
interface Envelope {
  readonly promslab: { readonly lock: string; readonly data: unknown };
}

/** Sent by the thread when it holds its lock. */
const HELD = "promslab:held";

/** The most seconds that an ended thread's lock may take to be free before the end counts as assumed only. */
const RELEASE_SECONDS = 5;

/**
 * How long a terminated thread's end is held back after its lock is free. The lock is released when the thread is
 * told to stop, and it stops at the next loop or call: seen was one more store, when the thread was not running at that moment.
 */
const SETTLE_MS = 100;

let spawned = 0;

/** Starts a thread. Main thread only. */
export function spawnThread(options: SpawnOptions): WorkerThread {
  const lock = `promslab:${options.name}:${spawned++}:${crypto.randomUUID()}`;
  const envelope: Envelope = { promslab: { lock, data: options.data } };
  const worker = new Worker(entryUrl(options.module), {
    name: options.name,
    workerData: envelope,
    resourceLimits: { maxOldGenerationSizeMb: options.heapMegabytesMax },
  });
  let held = false;
  let terminated = false;
  let error: Error | undefined;
  let deliver: ((message: unknown) => void) | undefined;
  worker.on("message", (message: unknown) => {
    if (message === HELD) held = true;
    else deliver?.(message);
  });
  // WHY: without an error listener Node and Bun end the whole process when a worker throws.
  worker.on("error", (cause: unknown) => error = cause instanceof Error ? cause : new Error(String(cause)));
  const ended = new Promise<WorkerEnd>((resolve) => {
    worker.on("exit", (code: number) => {
      if (code === HEAP_OVERFLOW_CODE) error ??= heapOverflowError();
      // WHY: Deno reports the exit of a terminated thread that still runs; only its lock tells the truth.
      if (!locksProveEnds()) resolve({ code, error, proven: true });
      else if (!held) resolve({ code, error, proven: !terminated });
      else {
        const settleMs = terminated ? SETTLE_MS : 0;
        lockReleased(lock, RELEASE_SECONDS).then((proven) =>
          setTimeout(() => resolve({ code, error, proven }), settleMs)
        );
      }
    });
  });
  return {
    ended,
    post: (message, transfer) => worker.postMessage(message, [...(transfer ?? [])]),
    onMessage: (listener) => deliver = listener,
    terminate: () => {
      terminated = true;
      void worker.terminate();
    },
  };
}

/** What this thread has from its parent, or undefined in a thread that {@linkcode spawnThread} did not start. */
export function threadScope(exit: (code: number) => void): WorkerScope | undefined {
  const envelope = (workerData as Partial<Envelope> | null | undefined)?.promslab;
  const port = parentPort;
  if (isMainThread || port === null || envelope === undefined) return undefined;
  return {
    data: envelope.data,
    post: (message, transfer) => port.postMessage(message, [...(transfer ?? [])]),
    onMessage: (listener) => port.on("message", listener),
    hold: async () => {
      if (!locksProveEnds()) return;
      watchHeap(exit);
      await holdLock(envelope.lock);
      port.postMessage(HELD);
    },
    exit,
  };
}

/**
 * The URL to start a thread with. `node:worker_threads` takes no `http:` or `https:` module, which is what the
 * library's own modules are when it was imported from a registry: a `data:` module imports the real one.
 */
export function entryUrl(module: URL): URL {
  if (module.protocol === "file:" || module.protocol === "data:") return module;
  return new URL(`data:text/javascript,${encodeURIComponent(`import ${JSON.stringify(module.href)};`)}`);
}
