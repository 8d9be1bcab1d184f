/**
 * The series of a family by their labels, sorted a little at a time.
 *
 * @module
 */
// CONTROL PLANE
import type { LabelValues } from "../model/samples.ts";
import { compareLabels } from "./series_blocks.ts";

/** How many series are sorted at once, and how many are merged or found a place between two pauses. */
const RUN = 512;
const STEP = 4096;

/**
 * All series of one family in the order of their label values. New ones are gathered and sorted by {@linkcode
 * SeriesOrder.sorting}, with pauses in which further ones may come. One thread only.
 */
export class SeriesOrder {
  readonly #labelsOf: (index: number) => LabelValues;
  #sorted: Int32Array = new Int32Array(0);
  #added: number[] = [];
  #job: Iterator<void> | undefined;

  /** @param labelsOf the label values of a series by its number; they stay while the series is here */
  constructor(labelsOf: (index: number) => LabelValues) {
    this.#labelsOf = labelsOf;
  }

  /** Adds a series. */
  add(index: number): void {
    this.#added.push(index);
  }

  /**
   * Brings all series that were added so far into order. Between two steps, about a millisecond each, the caller may turn
   * to other work. If two callers do so in turns, they share what is left.
   */
  *sorting(): Iterable<void> {
    while (this.#job !== undefined || this.#added.length > 0) {
      this.#job ??= this.#sortAdded();
      if (this.#job.next().done) this.#job = undefined;
      yield;
    }
  }

  /** All series in their order, sorted to the end now. */
  all(): Int32Array {
    for (const _ of this.sorting());
    return this.#sorted;
  }

  /** Takes series out, whose numbers may go to others. */
  delete(indexes: ReadonlySet<number>): void {
    this.#sorted = this.all().filter((index) => !indexes.has(index));
  }

  *#sortAdded(): Generator<void> {
    const added = this.#added;
    this.#added = [];
    const compare = (a: number, b: number) => compareLabels(this.#labelsOf(a), this.#labelsOf(b));
    const sorted = Int32Array.from(added);
    for (let start = 0; start < sorted.length; start += RUN) {
      sorted.set(added.slice(start, start + RUN).sort(compare), start);
      yield;
    }
    let [from, to] = [sorted, new Int32Array(sorted.length)];
    for (let width = RUN; width < sorted.length; width *= 2) {
      for (let start = 0; start < sorted.length; start += 2 * width) {
        const middle = Math.min(start + width, sorted.length);
        const end = Math.min(start + 2 * width, sorted.length);
        const halves = [from.subarray(start, middle), from.subarray(middle, end)] as const;
        yield* merge(halves, to.subarray(start, end), compare);
      }
      [from, to] = [to, from];
    }
    const all = new Int32Array(this.#sorted.length + from.length);
    yield* merge([this.#sorted, from], all, compare);
    this.#sorted = all;
  }
}

/** Merges two sorted runs. Of one that is much longer than the other most is copied without being looked at. */
function* merge(
  runs: readonly [Int32Array, Int32Array],
  into: Int32Array,
  compare: (a: number, b: number) => number,
): Generator<void> {
  const [long, short] = runs[0].length >= runs[1].length ? runs : [runs[1], runs[0]];
  let taken = 0;
  for (let k = 0; k < short.length; k++) {
    const place = placeOf(short[k], long, { from: taken, compare });
    into.set(long.subarray(taken, place), taken + k);
    taken = place;
    into[taken + k] = short[k];
    if (k % STEP === STEP - 1) yield;
  }
  into.set(long.subarray(taken), taken + short.length);
  yield;
}

/** How many elements of a sorted run come before a value, of which `from` are known to. */
function placeOf(
  value: number,
  run: Int32Array,
  { from, compare }: { from: number; compare: (a: number, b: number) => number },
): number {
  let [low, step] = [from, 1];
  while (low + step <= run.length && compare(run[low + step - 1], value) < 0) {
    low += step;
    step *= 2;
  }
  let high = Math.min(low + step - 1, run.length);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(run[middle], value) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
