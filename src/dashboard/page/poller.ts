/**
 * Asks the server again and again.
 *
 * @module
 */
import type { SeriesSnapshot } from "../../exposition/snapshot_types.ts";
import { isWatched } from "../model/names.ts";
import {
  type FamilyView,
  NO_REPORTS,
  type Reports,
  type ScrapeView,
  type SlabView,
} from "../model/reports.ts";
import { SampleTable } from "../model/sample_table.ts";

/** What one look brought. */
export interface Look {
  readonly table: SampleTable;
  readonly reports: Reports;
  /** In seconds since the Unix epoch. */
  readonly atSeconds: number;
}

/** What is told of the asking. */
export interface PollListener {
  look(look: Look): void;
  /** `problem` says why the server is lost. */
  state(state: "live" | "paused" | "lost", problem?: string): void;
}

/** How often the list of families is asked for, in seconds: counting all series is work for the server. */
const CENSUS_SECONDS = 5;
/** How often the slabs are asked for, in seconds. */
const SLABS_SECONDS = 2;
/** After how many milliseconds without an answer the server is lost. */
const PATIENCE_MS = 8000;

/** Looks at the server at an interval, but not while it is paused or the page is hidden. */
export class Poller {
  readonly #listener: PollListener;
  #intervalSeconds: number;
  #paused = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking = false;
  #reports: Reports = NO_REPORTS;
  #censusAt = -Infinity;
  #slabsAt = -Infinity;

  constructor(listener: PollListener, intervalSeconds: number) {
    this.#listener = listener;
    this.#intervalSeconds = intervalSeconds;
    document.addEventListener("visibilitychange", () => this.#reschedule());
  }

  /** Whether it is paused. */
  get paused(): boolean {
    return this.#paused;
  }

  /** Begins. */
  start(): void {
    void this.#ask();
  }

  /** Pauses, or goes on at once. */
  setPaused(paused: boolean): void {
    this.#paused = paused;
    if (paused) this.#listener.state("paused");
    this.#reschedule();
  }

  /** Changes the interval. */
  setInterval(seconds: number): void {
    this.#intervalSeconds = seconds;
    this.#reschedule();
  }

  #reschedule(): void {
    clearTimeout(this.#timer);
    if (!this.#paused && !document.hidden) void this.#ask();
  }

  async #ask(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    clearTimeout(this.#timer);
    const startMs = performance.now();
    const look = await this.#look().catch((error: Error) => error);
    this.#asking = false;
    if (!this.#paused) this.#tell(look);
    if (this.#paused || document.hidden) return;
    const spentMs = performance.now() - startMs;
    this.#timer = setTimeout(() => void this.#ask(), Math.max(100, this.#intervalSeconds * 1000 - spentMs));
  }

  #tell(look: Look | Error): void {
    if (look instanceof Error) return this.#listener.state("lost", look.message);
    this.#listener.state("live");
    this.#listener.look(look);
  }

  async #look(): Promise<Look> {
    const nowSeconds = performance.now() / 1000;
    // WHY one after the other: the answers wait for each other in the server anyway, and few open connections are kind.
    if (nowSeconds - this.#censusAt >= CENSUS_SECONDS) {
      const families = await ask<FamilyView[]>("api/v1/families");
      this.#reports = { ...this.#reports, families };
      this.#censusAt = nowSeconds;
    }
    if (nowSeconds - this.#slabsAt >= SLABS_SECONDS) {
      const { slabs, scrapes } = await ask<{ slabs: SlabView[]; scrapes?: ScrapeView | null }>(
        "api/v1/slabs",
      );
      this.#reports = { ...this.#reports, slabs, scrapes: scrapes ?? undefined };
      this.#slabsAt = nowSeconds;
    }
    const names = this.#reports.families.map(({ name }) => name).filter(isWatched);
    // WHY: without any name the answer would be everything.
    const query = new URLSearchParams((names.length > 0 ? names : ["none"]).map((name) => ["name", name]));
    const elements = await ask<SeriesSnapshot[]>(`api/v1/snapshot?${query}`);
    return { table: new SampleTable(elements), reports: this.#reports, atSeconds: Date.now() / 1000 };
  }
}

async function ask<T>(path: string): Promise<T> {
  const response = await fetch(path, { signal: AbortSignal.timeout(PATIENCE_MS), cache: "no-store" })
    .catch((error: Error) => {
      const reason = error.name === "TimeoutError"
        ? `it did not answer in ${PATIENCE_MS / 1000} s`
        : "no connection";
      throw new Error(`Cannot reach the server: ${reason}`);
    });
  if (!response.ok) {
    throw new Error(`Cannot read ${path.split("?")[0]}: the server answered ${response.status}`);
  }
  return (await response.json()).data;
}
