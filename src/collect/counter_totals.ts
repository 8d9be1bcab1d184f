/**
 * Adds up counters that have only ever counted whole numbers.
 *
 * @module
 */
// CONTROL PLANE
import { addUpAsBefore, type FourPages, sumCounterPages } from "../slab/counter_cell.ts";
import type { RetryBudget } from "./retry_budget.ts";
import type { SlabColumn } from "./slab_column.ts";

const AT_ONCE = 4;

/** The pages of one or four columns that hold the same series. */
interface Group {
  readonly columns: readonly SlabColumn[];
  readonly page: number;
  /** The pages of four columns whose cells have no gaps. */
  readonly pages: FourPages | undefined;
  /** The number of the first series in the family, and how many there are. */
  readonly from: number;
  readonly count: number;
}

/**
 * The sums of some columns of one family, whose series are in the family's order and all count. Where the pages of
 * four columns hold the same series, as they do where all workers run one program, they are added up at once. With four
 * workers such a sum is the total, so one that is the same as before is only looked at.
 * To be made anew when the columns change. One thread only.
 */
export class CounterTotals {
  readonly #totals: Float64Array;
  /** The first series and the end of each run in which a total may have moved by the last {@linkcode sum}. */
  readonly moved: number[] = [];
  readonly #groups: readonly Group[];
  /** If each series is in one group: the part of the totals that is the group's. */
  readonly #parts: readonly Float64Array[] | undefined;
  /** What the counters of one group add up to. */
  readonly #sums: Float64Array;

  /** @param seriesCount how many series the family has */
  constructor(columns: readonly SlabColumn[], seriesCount: number) {
    const totals = new Float64Array(seriesCount);
    // WHY: pages are taken from a slab's end downwards, and processors fetch ahead upwards: read backwards, 64 workers of
    // 10 000 counters take a fifth less time.
    const groups = groupsOf(columns).reverse();
    const isApart = groups.every(({ from, count }, i) => i === 0 || from + count === groups[i - 1].from);
    this.#totals = totals;
    this.#groups = groups;
    if (isApart) this.#parts = groups.map(({ from, count }) => totals.subarray(from, from + count));
    this.#sums = new Float64Array(groups.reduce((most, { count }) => Math.max(most, count), 0));
  }

  /**
   * Reads and adds up all columns.
   *
   * @returns the total of each series by its number in the family; the next call brings it up to date
   */
  sum(budget: RetryBudget): Float64Array {
    this.moved.length = 0;
    if (this.#parts === undefined) this.#sumAll(budget);
    else this.#sumMoved(this.#parts, budget);
    return this.#totals;
  }

  #sumAll(budget: RetryBudget): void {
    const totals = this.#totals.fill(0);
    const sums = this.#sums;
    for (const group of this.#groups) {
      addUp(group, sums, budget);
      const { from, count } = group;
      for (let k = 0; k < count; k++) totals[from + k] += sums[k];
    }
    this.moved.push(0, totals.length);
  }

  #sumMoved(parts: readonly Float64Array[], budget: RetryBudget): void {
    for (let i = 0; i < parts.length; i++) {
      const group = this.#groups[i];
      const { pages, count } = group;
      if (pages !== undefined && addUpAsBefore(pages, count, parts[i])) continue;
      addUp(group, parts[i], budget);
      this.#note(group);
    }
  }

  /** Adds a group to the runs that may have moved. */
  #note({ from, count }: Group): void {
    const { moved } = this;
    // WHY: groups come from the last series to the first, so where all move it is one run.
    if (moved.length > 0 && moved[moved.length - 2] === from + count) moved[moved.length - 2] = from;
    else moved.push(from, from + count);
  }
}

/** Adds up the counters of a group. */
function addUp({ columns, page, pages, count }: Group, sums: Float64Array, budget: RetryBudget): void {
  if (pages !== undefined && sumCounterPages(pages, count, sums)) return;
  sums.fill(0, 0, count);
  for (const column of columns) column.addCounterPage(page, sums, budget);
}

/** The pages of some columns: those of four together where they hold the same series. */
function groupsOf(columns: readonly SlabColumn[]): Group[] {
  const groups: Group[] = [];
  const addPage = (column: SlabColumn, page: number) => {
    const from = column.pageStart(page);
    const count = column.pageStart(page + 1) - from;
    groups.push({ columns: [column], page, pages: undefined, from, count });
  };
  const addOne = (column: SlabColumn, fromPage: number) => {
    for (let page = fromPage; page < column.pageCount; page++) addPage(column, page);
  };
  const fours = columns.length - columns.length % AT_ONCE;
  for (let next = 0; next < fours; next += AT_ONCE) {
    const four = columns.slice(next, next + AT_ONCE);
    const [first] = four;
    for (let page = 0; page < first.pageCount; page++) {
      const from = first.pageStart(page);
      const pages = samePages(four, page);
      if (pages !== undefined) {
        groups.push({ columns: four, page, pages, from, count: first.pageStart(page + 1) - from });
      } else {
        for (const column of four) if (page < column.pageCount) addPage(column, page);
      }
    }
    for (const column of four) addOne(column, first.pageCount);
  }
  for (const column of columns.slice(fours)) addOne(column, 0);
  return groups;
}

/** A page of each of four columns, if they hold the same series without gaps. */
function samePages(columns: readonly SlabColumn[], page: number): FourPages | undefined {
  const [first] = columns;
  const pages = columns.map((column) =>
    column.pageStart(page) === first.pageStart(page) &&
      column.pageStart(page + 1) === first.pageStart(page + 1)
      ? column.densePage(page)
      : undefined
  );
  return pages.includes(undefined) ? undefined : pages as unknown as FourPages;
}
