/**
 * The frames of the last minutes, and what follows from several of them.
 *
 * @module
 */
import { boundsOf, type Frame, LATENCIES, type Latency, type LatencyBounds, takeFrame } from "./frame.ts";
import { bucketQuantile } from "./quantiles.ts";
import { addUp } from "./rates.ts";
import type { Change } from "./sample_changes.ts";
import type { SampleTable } from "./sample_table.ts";

/** The quantiles that are drawn. */
export const QUANTILES = [0.5, 0.9, 0.99] as const;

/** A frame with the quantiles of the seconds before its end. */
export interface Moment extends Frame {
  /** By histogram, in the order of {@linkcode QUANTILES}; NaN without observations. */
  readonly quantiles: Readonly<Record<Latency, readonly number[]>>;
}

/** How much is kept, and over how long is looked. */
export interface HistoryOptions {
  /** For how many seconds frames are kept. Default 15 minutes. */
  readonly keepSeconds?: number;
  /** Over how many seconds the quantiles of a moment are taken. Default 15. */
  readonly quantileSeconds?: number;
}

/** A time for which looks are so far apart, in seconds, is a gap: nothing is known of it. */
const GAP_SECONDS = 60;

interface Look {
  readonly table: SampleTable;
  readonly atSeconds: number;
}

/** Looks at a server, one after the other. */
export class History {
  readonly #keepSeconds: number;
  readonly #quantileSeconds: number;
  #moments: Moment[] = [];
  #last: Look | undefined;
  /** Looks before the last one, the oldest first; none from before a gap. */
  #earlier: readonly Look[] = [];
  #previous: { readonly table: SampleTable; readonly seconds: number } | undefined;
  #bounds: LatencyBounds = { request: [], firstToken: [], interToken: [], lag: [] };

  constructor(options: HistoryOptions = {}) {
    this.#keepSeconds = options.keepSeconds ?? 900;
    this.#quantileSeconds = options.quantileSeconds ?? 15;
  }

  /** The moments that are kept, the oldest first. */
  get moments(): readonly Moment[] {
    return this.#moments;
  }

  /** The bounds of the histograms' buckets. */
  get bounds(): LatencyBounds {
    return this.#bounds;
  }

  /** The last look. */
  get table(): SampleTable | undefined {
    return this.#last?.table;
  }

  /** The look before the last one, and how many seconds passed between them; undefined after a gap. */
  get previous(): { readonly table: SampleTable; readonly seconds: number } | undefined {
    return this.#previous;
  }

  /**
   * The last look, and the earliest one in the time that quantiles are taken over, but at least the look before the last;
   * undefined before the first look.
   */
  get recent(): Change | undefined {
    if (this.#last === undefined) return undefined;
    const { table: after, atSeconds } = this.#last;
    const [earliest] = this.#earlier;
    if (earliest === undefined) return { before: undefined, after, seconds: NaN };
    return { before: earliest.table, after, seconds: atSeconds - earliest.atSeconds };
  }

  /**
   * Takes a look.
   *
   * @param atSeconds when, in seconds since the Unix epoch; looks come in the order of time
   */
  add(table: SampleTable, atSeconds: number): void {
    const gap = this.#last === undefined ? NaN : atSeconds - this.#last.atSeconds;
    if (gap <= 0) return;
    const follows = gap <= GAP_SECONDS;
    const change = {
      before: follows ? this.#last!.table : undefined,
      after: table,
      seconds: follows ? gap : NaN,
    };
    this.#bounds = boundsOf(table);
    const frame = takeFrame(change, atSeconds);
    const oldest = atSeconds - this.#keepSeconds;
    this.#moments = this.#moments.filter((moment) => moment.atSeconds >= oldest);
    const recent = [...this.since(atSeconds - this.#quantileSeconds), frame];
    const quantiles = Object.fromEntries(
      LATENCIES.map((latency) => [latency, quantilesOf(recent, latency, this.#bounds[latency])]),
    );
    this.#moments.push({ ...frame, quantiles: quantiles as Moment["quantiles"] });
    const looks = follows ? [...this.#earlier, this.#last!] : [];
    const recently = looks.filter((look) => look.atSeconds >= atSeconds - this.#quantileSeconds);
    this.#earlier = recently.length > 0 ? recently : looks.slice(-1);
    this.#previous = follows ? { table: this.#last!.table, seconds: gap } : undefined;
    this.#last = { table, atSeconds };
  }

  /** The moments after a time in seconds since the Unix epoch. */
  since(atSeconds: number): readonly Moment[] {
    return this.#moments.filter((moment) => moment.atSeconds > atSeconds);
  }

  /** The mean of a rate over the last seconds, weighted by how long each look took. NaN if nothing is known. */
  meanRate(rate: (frame: Frame) => number, seconds = 5): number {
    const last = this.#last?.atSeconds ?? 0;
    let [sum, time] = [0, 0];
    for (const frame of this.since(last - seconds)) {
      const value = rate(frame);
      if (Number.isNaN(value) || Number.isNaN(frame.seconds)) continue;
      sum += value * frame.seconds;
      time += frame.seconds;
    }
    return time === 0 ? NaN : sum / time;
  }
}

function quantilesOf(
  frames: readonly Frame[],
  latency: Latency,
  bounds: readonly number[],
): readonly number[] {
  const parts = frames.map(({ buckets }) => buckets[latency]).filter(({ length }) =>
    length === bounds.length
  );
  const counts = addUp(parts);
  return QUANTILES.map((quantile) => bucketQuantile(quantile, bounds, counts));
}
