/**
 * The native buckets of one family in one slab, and what remains of ended workers.
 *
 * @module
 */
// CONTROL PLANE
import { type NativeReading, nativeSequence, newNativeReading, readNative } from "../slab/native_cell.ts";
import type { NativePlan } from "../slab/native_plan.ts";
import type { Slab } from "../slab/slab.ts";
import { mergeNatives, type NativeState, stateOf, subtractNative } from "./native_merge.ts";

/** The native buckets of some series. */
export class NativeColumn {
  readonly #states: (NativeState | undefined)[] = [];

  /** The native buckets of series `k`, if it has any observations. */
  at(k: number): NativeState | undefined {
    return this.#states[k];
  }

  /** Puts native buckets in the place of series `k`. */
  put(k: number, state: NativeState | undefined): void {
    this.#states[k] = state;
  }

  /** Adds native buckets to those of series `k`. */
  add(k: number, state: NativeState): void {
    const before = this.at(k);
    this.put(k, stateOf(mergeNatives(before === undefined ? [state] : [before, state])));
  }

  /** Forgets series `k`. */
  forget(k: number): void {
    this.put(k, undefined);
  }
}

/** What a column knows of one series. */
interface NativeSeries {
  /** The last good reading. */
  reading: NativeReading;
  sequence: number;
  /** What the cell held when another worker reset the series: it does not count. */
  baseline: NativeReading | undefined;
}

/** A reset of a series by its owner. */
export interface NativeReset {
  /** The series' number in its column. */
  readonly k: number;
  /** Seconds since the Unix epoch. */
  readonly created: number;
}

/** The native buckets of one slab. */
export class SlabNatives extends NativeColumn {
  readonly #slab: Slab;
  readonly #plan: NativePlan;
  readonly #series: (NativeSeries | undefined)[] = [];
  #spare: NativeReading;
  #resets: NativeReset[] = [];

  constructor(slab: Slab, plan: NativePlan) {
    super();
    this.#slab = slab;
    this.#plan = plan;
    this.#spare = newNativeReading(plan);
  }

  /** Whether a cell is as it was when it was read last. */
  isCurrent(k: number, cell32: number): boolean {
    const known = this.#series[k];
    return known !== undefined && nativeSequence(this.#slab, cell32) === known.sequence;
  }

  /** Tries once to read the cell of series `k`. Returns whether that succeeded. */
  read(k: number, cell32: number): boolean {
    const sequence = nativeSequence(this.#slab, cell32);
    const reading = this.#spare;
    if (!readNative(this.#slab, cell32, this.#plan, reading)) return false;
    const known = this.#series[k];
    if (known === undefined) {
      this.#series[k] = { reading, sequence, baseline: undefined };
      this.#spare = newNativeReading(this.#plan);
      this.#net(k);
      return true;
    }
    this.#spare = known.reading;
    if (reading.resets !== known.reading.resets) {
      known.baseline = undefined;
      this.#resets.push({ k, created: reading.created });
    }
    known.reading = reading;
    known.sequence = sequence;
    this.#net(k);
    return true;
  }

  /** The resets that were found since the last call. */
  takeResets(): readonly NativeReset[] {
    const resets = this.#resets;
    if (resets.length > 0) this.#resets = [];
    return resets;
  }

  /** Lets series `k` begin anew with what it holds now, because another worker reset it. */
  rebase(k: number): void {
    const known = this.#series[k];
    if (known === undefined) return;
    known.baseline = known.reading;
    known.reading = copyOf(known.reading);
    this.#net(k);
  }

  /**
   * Writes the numbers of series `k` as a column has them: the count of each classic bucket by itself, or the count of
   * all observations if there are none; then the sum.
   */
  write(k: number, values: Float64Array, at: number): void {
    const known = this.#series[k];
    if (known === undefined) return;
    const { reading, baseline } = known;
    const { classicCount } = this.#plan;
    if (classicCount === 0) values[at] = countOf(reading) - (baseline === undefined ? 0 : countOf(baseline));
    for (let i = 0; i < classicCount; i++) {
      values[at + i] = reading.classic[i] - (baseline === undefined ? 0 : baseline.classic[i]);
    }
    values[at + Math.max(1, classicCount)] = reading.sum - (baseline?.sum ?? 0);
  }

  override forget(k: number): void {
    super.forget(k);
    this.#series[k] = undefined;
  }

  #net(k: number): void {
    const { reading, baseline } = this.#series[k]!;
    this.put(k, baseline === undefined ? reading : subtractNative(reading, baseline));
  }
}

/** All observations of a reading, those of NaN included. */
function countOf({ zeroCount, nanCount, size, counts }: NativeReading): number {
  let count = zeroCount + nanCount;
  for (let i = 0; i < size; i++) count += counts[i];
  return count;
}

function copyOf(reading: NativeReading): NativeReading {
  const { codes, counts, classic } = reading;
  return { ...reading, codes: codes.slice(), counts: counts.slice(), classic: classic.slice() };
}
