/**
 * A thread that main keeps for others: started within a deadline, watched by its heart, and ended when it hangs.
 *
 * @module
 */
import type { Host, WorkerEnd, WorkerThread } from "../../host/types.ts";
import type { ThreadLimits } from "../../server/extension.ts";
import { StartError } from "../../server/start_error.ts";
import { endSentence } from "../../server/workers/incarnation.ts";
import { HUNG } from "../../server/workers/supervisor.ts";
import type { Attachment } from "../../registry/registry.ts";

/** How often the hearts of threads are looked at. */
const HANG_CHECK_MS = 500;
const RESTART_MS = { first: 50, max: 5000 } as const;
/** A thread that ran for this long before it ended did not end because of its start. */
const STABLE_MS = 10_000;

/** The memory of one thread, as the server keeps it. */
export interface ThreadSlab {
  readonly attachment: Attachment;
  /** How many milliseconds ago the thread's heart was seen to beat. */
  heartbeatAgeMs(): number;
  leave(end: { readonly proven: boolean }): void;
}

/** What a kept thread is made of. Its first message is of type "ready". */
export interface KeptThreadParts {
  readonly host: Host;
  /** The entry module. */
  readonly module: URL;
  readonly data: unknown;
  readonly name: string;
  /** What it is to people: "engine 0". */
  readonly title: string;
  readonly slab: ThreadSlab;
  readonly limits: ThreadLimits;
  readonly onReady: () => void;
  /** Gets every message but the first. */
  readonly onMessage?: (message: unknown) => void;
  readonly onEnd: (end: WorkerEnd) => void;
}

/** One thread from its start to its end. Main thread only. */
export class KeptThread {
  /** Resolves when it is ready. @throws {StartError} If it ends before */
  readonly ready: Promise<void>;
  readonly ended: Promise<WorkerEnd>;
  readonly startedMs: number = performance.now();
  /** Why the main thread ended it, if it did. */
  terminatedFor: string | undefined;
  readonly #thread: WorkerThread;
  readonly #slab: ThreadSlab;
  #readyMs: number | undefined;

  constructor(parts: KeptThreadParts) {
    const { host, module, data, name, title, slab, limits } = parts;
    this.#slab = slab;
    this.#thread = host.spawn({ module, data, name });
    this.ended = this.#thread.ended;
    const late = setTimeout(
      () => this.terminate(`it was not ready within ${limits.startSeconds} s`),
      limits.startSeconds * 1000,
    );
    const ready = Promise.withResolvers<void>();
    this.ready = ready.promise;
    // Who does not wait for it still learns of the end by `onEnd`.
    ready.promise.catch(() => {});
    this.#thread.onMessage((message) => {
      if ((message as { type: string }).type !== "ready") return parts.onMessage?.(message);
      clearTimeout(late);
      this.#readyMs = performance.now();
      parts.onReady();
      ready.resolve();
    });
    void this.ended.then((end) => {
      clearTimeout(late);
      const why = endSentence(end, this);
      ready.reject(new StartError("WORKER_FAILED", `Cannot start ${title}: ${why}`, { cause: end.error }));
      slab.leave(end);
      parts.onEnd(end);
    });
  }

  /** Whether it has said that it is ready. */
  get isReady(): boolean {
    return this.#readyMs !== undefined;
  }

  post(message: unknown): void {
    this.#thread.post(message);
  }

  /** Ends it at once. */
  terminate(reason: string): void {
    this.terminatedFor ??= reason;
    this.#thread.terminate();
  }

  /** Ends it if its heart stands still, as a loop without end or a blocked call leaves it. */
  checkHang(limitMs: number): void {
    // WHY: its first beat comes after it is ready, and its start may have taken longer than the limit.
    if (this.#readyMs === undefined || performance.now() - this.#readyMs < limitMs) return;
    if (this.#slab.heartbeatAgeMs() >= limitMs) this.terminate(HUNG);
  }
}

/** Looks at the hearts of threads every so often; returns a function that ends this. */
export function watchHearts(threads: () => Iterable<KeptThread>, limits: ThreadLimits): () => void {
  if (limits.hangSeconds === 0) return () => {};
  const timer = setInterval(() => {
    for (const thread of threads()) thread.checkHang(limits.hangSeconds * 1000);
  }, HANG_CHECK_MS);
  return () => clearInterval(timer);
}

/** Tells threads to stop, and ends those that do not. Resolves when all have ended. */
export async function stopAll(threads: readonly KeptThread[]): Promise<void> {
  for (const thread of threads) thread.post({ type: "stop" });
  const cut = setTimeout(() => threads.forEach((thread) => thread.terminate("it did not stop")), 2000);
  await Promise.all(threads.map(({ ended }) => ended));
  clearTimeout(cut);
}

/**
 * Starts a thread after a while. If memory or threads have run out, which `start` says by throwing, it is tried again
 * after a second at least.
 */
export function startLater(
  start: () => void,
  { delayMs, onFailure }: { readonly delayMs: number; readonly onFailure: (message: string) => void },
): void {
  setTimeout(() => {
    try {
      start();
    } catch (error) {
      onFailure((error as Error).message);
      startLater(start, { delayMs: Math.max(delayMs, 1000), onFailure });
    }
  }, delayMs);
}

/** How long each of several threads waits before it is started anew: longer, the more often it ends at once. */
export class RestartDelays {
  readonly #counts = new Map<number, number>();

  /** The milliseconds until the next start of a thread that was started at `startedMs` and has ended now. */
  next(thread: number, startedMs: number): number {
    const count = performance.now() - startedMs > STABLE_MS ? 0 : this.#counts.get(thread) ?? 0;
    this.#counts.set(thread, count + 1);
    return Math.min(RESTART_MS.max, RESTART_MS.first * 2 ** count);
  }
}
