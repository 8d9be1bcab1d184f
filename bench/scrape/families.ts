/**
 * The families whose scrape is measured, the same in every library and language.
 *
 * @module
 */
import { BUCKETS, METHODS, SECONDS, STATUSES } from "../micro/works.ts";
import type { Library } from "../peers/prom_client_api.ts";

/** The kinds of families that are scraped. */
export type Kind = "counter" | "histogram";

/** Label names of both families. */
export const LABEL_NAMES: readonly string[] = ["method", "route", "status"];

/** The label values of a series. */
export function seriesLabels(series: number): string[] {
  return [
    METHODS[series & 3],
    `/route/${series >> 3}`,
    STATUSES[(series >> 2) & 1],
  ];
}

/** A family with all its series in one thread. */
export interface FilledFamily {
  /**
   * Changes the values of every `step`-th series.
   *
   * @returns by how much the sum of all counter values, or of all observation counts, has grown
   */
  touch(step: number): number;
}

/** Defines a family and makes its series, each with a value. */
export function fillFamily(
  library: Library,
  kind: Kind,
  seriesCount: number,
): FilledFamily {
  const options = {
    labelNames: [...LABEL_NAMES],
    buckets: [...BUCKETS],
    maxSeries: seriesCount,
    ttlSeconds: 0,
  };
  const indexes = Array.from({ length: seriesCount }, (_, series) => series);
  if (kind === "counter") {
    const counter = library.counter({
      ...options,
      name: "bench_requests_total",
      help: "Requests answered.",
    });
    const bound = indexes.map((series) => counter.labels(...seriesLabels(series)));
    return touched((step) => {
      let sum = 0;
      for (let series = 0; series < seriesCount; series += step) {
        bound[series].inc(1 + series % 7);
        sum += 1 + series % 7;
      }
      return sum;
    });
  }
  const histogram = library.histogram({
    ...options,
    name: "bench_seconds",
    help: "Durations of requests.",
  });
  const bound = indexes.map((series) => histogram.labels(...seriesLabels(series)));
  return touched((step) => {
    let count = 0;
    for (let series = 0; series < seriesCount; series += step, count++) {
      bound[series].observe(SECONDS[series & 255]);
    }
    return count;
  });
}

function touched(touch: (step: number) => number): FilledFamily {
  touch(1);
  return { touch };
}

/** FNV-1a over 32 bits: whether two bodies are the same, told in one number. */
export function checksum(chunks: readonly Uint8Array[]): number {
  let hash = 0x811c9dc5;
  for (const chunk of chunks) {
    for (let index = 0; index < chunk.length; index++) {
      hash = Math.imul(hash ^ chunk[index], 0x01000193);
    }
  }
  return hash >>> 0;
}
