/**
 * Callbacks that bring metrics up to date when they are about to be read.
 *
 * @module
 */
// CONTROL PLANE
import { givenText } from "../model/given_text.ts";
import { Counter } from "../metric/counter.ts";
import type { CollectCallback, CollectTrigger, Registerer } from "../metric/registerer.ts";

/** How long a scrape waits for its asynchronous callbacks unless told otherwise, in milliseconds. */
export const COLLECT_TIMEOUT_MS = 2_000;

/** How often a thread that others read runs its callbacks, in milliseconds. */
export const COLLECT_INTERVAL_MS = 1_000;

/** Counts the failures of callbacks; the label names the family that was left out. */
export const COLLECT_ERRORS = {
  name: "promslab_collect_errors_total",
  help: "Failures of collect callbacks, by the family that was left out of a scrape for it.",
  labelNames: ["family"],
} as const;

const NONE_FAILED: Promise<ReadonlySet<string>> = Promise.resolve(new Set<string>());

interface Entry {
  readonly callback: CollectCallback;
  readonly families: ReadonlySet<string>;
  /** The run that has not ended yet. */
  pending: Promise<void> | undefined;
  failed: boolean;
}

/**
 * The callbacks of one registry. Owner thread only. A callback that throws, rejects or is late costs nothing but its
 * own families, which are left out of that scrape and counted in `promslab_collect_errors_total`.
 */
export class CollectCallbacks {
  readonly #registry: Registerer;
  readonly #entries: Map<unknown, Entry> = new Map();
  #lastRunMs = -Infinity;

  /** @param registry where failures are counted */
  constructor(registry: Registerer) {
    this.#registry = registry;
  }

  /**
   * Adds a callback.
   *
   * @param key what the callback is known by; a key that is there keeps the callback it has
   * @throws {TypeError} If it is no callback; the others are as they were then
   */
  add(callback: CollectCallback, key: unknown): void {
    checkCallback(callback);
    if (this.#entries.has(key)) return;
    const families = new Set(callback.families);
    this.#entries.set(key, { callback, families, pending: undefined, failed: false });
    for (const family of callback.families) countCollectError(this.#registry, family, 0);
  }

  /** Takes a callback out. One that is running goes on, without effect on any scrape. */
  delete(key: unknown): void {
    this.#entries.delete(key);
  }

  /**
   * Runs all callbacks at once and waits for the asynchronous ones. One that an earlier call still waits for is not
   * started again.
   *
   * @param timeoutMs how long to wait at most, in milliseconds
   * @param trigger why they run
   * @param filter names of the families that are wanted: callbacks that set none of them are left alone; all by default
   * @returns the names of the families whose callback failed or is late
   */
  run(
    timeoutMs: number = COLLECT_TIMEOUT_MS,
    trigger: CollectTrigger = "scrape",
    filter?: ReadonlySet<string>,
  ): Promise<ReadonlySet<string>> {
    const entries: Entry[] = [];
    for (const entry of this.#entries.values()) {
      if (filter === undefined || namesAny(filter, entry.families)) entries.push(entry);
    }
    return entries.length === 0 ? NONE_FAILED : this.#run(entries, timeoutMs, trigger);
  }

  async #run(
    entries: readonly Entry[],
    timeoutMs: number,
    trigger: CollectTrigger,
  ): Promise<ReadonlySet<string>> {
    for (const entry of entries) this.#start(entry, trigger);
    const pending = entries.map((entry) => entry.pending).filter((run) => run !== undefined);
    if (pending.length > 0) await settledWithin(pending, timeoutMs);
    const failed = new Set<string>();
    for (const { callback, failed: threw, pending: late } of entries) {
      if (!threw && late === undefined) continue;
      for (const family of callback.families) {
        failed.add(family);
        countCollectError(this.#registry, family);
      }
    }
    return failed;
  }

  /** Runs all callbacks without waiting if the last such run is {@linkcode COLLECT_INTERVAL_MS} ago, by a monotonic clock. Never throws. */
  runIfDue(nowMs: number = performance.now()): void {
    if (this.#entries.size === 0) return;
    if (nowMs - this.#lastRunMs < COLLECT_INTERVAL_MS) return;
    this.#lastRunMs = nowMs;
    void this.run(COLLECT_TIMEOUT_MS, "heartbeat");
  }

  #start(entry: Entry, trigger: CollectTrigger): void {
    if (entry.pending !== undefined) return;
    entry.failed = false;
    try {
      const result = entry.callback.collect(trigger);
      if (typeof result?.then !== "function") return;
      entry.pending = Promise.resolve(result).then(
        () => void (entry.pending = undefined),
        () => {
          entry.pending = undefined;
          entry.failed = true;
        },
      );
    } catch {
      entry.failed = true;
    }
  }
}

/** WHY by the filter's names: they are fewer than the families of a callback that sets many. */
function namesAny(filter: ReadonlySet<string>, families: ReadonlySet<string>): boolean {
  for (const name of filter) if (families.has(name)) return true;
  return false;
}

function checkCallback(callback: CollectCallback): void {
  const { families, collect }: Partial<CollectCallback> = callback ?? {};
  if (typeof collect !== "function") {
    throw new TypeError(
      `Cannot register a callback: wanted a function as collect, given ${givenText(collect)}`,
    );
  }
  if (!Array.isArray(families) || families.some((name) => typeof name !== "string")) {
    throw new TypeError(
      `Cannot register a callback: wanted the names of its families as an array, given ${
        givenText(families)
      }`,
    );
  }
}

/**
 * Counts a failure.
 *
 * @param registry where it is counted
 * @param family the family that it cost
 * @param count how many; 0 only makes the series
 */
export function countCollectError(registry: Registerer, family: string, count = 1): void {
  const errors = Counter.getOrCreate({ ...COLLECT_ERRORS, registry });
  errors.inc({ family }, count);
}

async function settledWithin(runs: readonly Promise<void>[], timeoutMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<void>((resolve) => timer = setTimeout(resolve, timeoutMs));
  await Promise.race([Promise.all(runs), timeout]);
  clearTimeout(timer);
}
