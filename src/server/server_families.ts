/**
 * What a server tells about itself, besides its requests.
 *
 * @module
 */
import { Counter } from "../metric/counter.ts";
import { Gauge } from "../metric/gauge.ts";
import type { RestartReason } from "./supervisor.ts";

/** The main thread's own families. Main thread only. */
export class ServerFamilies {
  readonly #restarts = Counter.getOrCreate({
    name: "promslab_worker_restarts_total",
    help: "Workers that were replaced.",
    labelNames: ["reason"],
  });
  readonly #workers = Gauge.getOrCreate({
    name: "promslab_workers",
    help: "Workers by what they do: those that accept requests, and those that the server was told to have.",
    labelNames: ["state"],
  });

  constructor() {
    const reasons: RestartReason[] = ["crash", "hang", "memory", "rolling"];
    for (const reason of reasons) this.#restarts.labels({ reason });
  }

  /** Counts a replacement. */
  restarted(reason: RestartReason): void {
    this.#restarts.inc({ reason });
  }

  /** Notes how many workers there are. Called before each scrape. */
  setWorkers({ ready, wanted }: { ready: number; wanted: number }): void {
    this.#workers.set({ state: "accepting" }, ready);
    this.#workers.set({ state: "configured" }, wanted);
  }
}
