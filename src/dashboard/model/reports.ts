/**
 * What the server tells besides values, as far as the page uses it.
 *
 * @module
 */
import { EXTENSION_SLOT_FIRST } from "../../server/extension.ts";

/** A slab and its owner, as `/api/v1/slabs` has them. */
export interface SlabView {
  readonly slot: number;
  readonly epoch: number;
  readonly worker: string;
  readonly heartbeatAgeSeconds?: number;
  readonly usedBytes: number;
  readonly totalBytes: number;
  readonly records: { readonly series: number };
  readonly droppedSeries: number;
  readonly families: readonly { readonly name: string; readonly total?: number }[];
}

/** What scrapes cost, as `/api/v1/slabs` has it. */
export interface ScrapeView {
  readonly count: number;
  readonly secondsTotal: number;
  readonly bytesTotal: number;
  readonly last?: { readonly seconds: number; readonly bytes: number; readonly coding: string };
}

/** A family, as `/api/v1/families` has it. */
export interface FamilyView {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly series: number;
  readonly samples: number;
}

/** All that the page knows besides values. */
export interface Reports {
  readonly slabs: readonly SlabView[];
  readonly scrapes: ScrapeView | undefined;
  readonly families: readonly FamilyView[];
}

/** Before anything is known. */
export const NO_REPORTS: Reports = { slabs: [], scrapes: undefined, families: [] };

/** A thread as the page shows it. */
export interface WorkerTile {
  /** Stays the same from look to look. */
  readonly key: string;
  readonly title: string;
  /** `main`, `starting`, `live`, `hung`, `ended` or `unwatched`. */
  readonly state: string;
  readonly heartbeatAgeSeconds: number;
  /** How often the slot was given to a new thread. */
  readonly restarts: number;
  /** Share of the slab that is in use, from 0 to 1. */
  readonly fill: number;
  readonly usedBytes: number;
  readonly totalBytes: number;
  readonly series: number;
  readonly droppedSeries: number;
  /** Requests that this thread has answered and is answering; NaN where it counts none. */
  readonly requests: number;
  readonly inFlight: number;
}

/**
 * The threads in the order of their slots: workers, engines, the main thread; of each slot the ended ones last. Slabs
 * that nobody watches while others are watched have no thread.
 */
export function workerTiles(slabs: readonly SlabView[]): readonly WorkerTile[] {
  const anyWatched = slabs.some(({ worker }) => worker !== "main" && worker !== "unwatched");
  const threads = slabs.filter(({ worker }) => worker !== "unwatched" || !anyWatched);
  return threads.sort((a, b) => orderOf(a) - orderOf(b) || b.epoch - a.epoch).map((slab) => {
    const { slot, epoch, worker, usedBytes, totalBytes, records, droppedSeries } = slab;
    return {
      key: `${slot}/${epoch}`,
      title: titleOf(slot),
      state: worker,
      heartbeatAgeSeconds: slab.heartbeatAgeSeconds ?? NaN,
      restarts: Math.max(0, epoch - 1),
      fill: usedBytes / totalBytes,
      usedBytes,
      totalBytes,
      series: records.series,
      droppedSeries,
      requests: totalOf(slab, REQUEST_FAMILIES),
      inFlight: totalOf(slab, IN_FLIGHT_FAMILIES),
    };
  });
}

const REQUEST_FAMILIES = ["http_requests_total", "http_server_request_duration_seconds"];
const IN_FLIGHT_FAMILIES = ["http_requests_in_flight", "http_server_active_requests"];

function totalOf({ families }: SlabView, names: readonly string[]): number {
  return families.find(({ name }) => names.includes(name))?.total ?? NaN;
}

function orderOf({ slot }: SlabView): number {
  return slot < 0 ? Infinity : slot;
}

function titleOf(slot: number): string {
  if (slot < 0) return "Main thread";
  return slot >= EXTENSION_SLOT_FIRST ? `Engine ${slot - EXTENSION_SLOT_FIRST}` : `Worker ${slot}`;
}
