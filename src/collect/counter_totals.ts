/**
 * Adds up counters that have only ever counted whole numbers.
 *
 * @module
 */
import { type DensePage, sumCounterPages } from "../slab/counter_cell.ts";
import type { RetryBudget } from "./retry_budget.ts";
import type { SlabColumn } from "./slab_column.ts";

/** The most counters on one page. */
const PAGE_CELLS = 128;
const AT_ONCE = 4;

type Four<T> = readonly [T, T, T, T];

/** Pages of four columns that hold the same series. */
interface Quad {
  readonly columns: Four<SlabColumn>;
  readonly page: number;
  readonly pages: Four<DensePage>;
  readonly from: number;
  readonly count: number;
}

/**
 * The sums of some columns of one family, whose series are in the family's order and all count. Where the pages of
 * four columns hold the same series, as they do where all workers run one program, they are added up at once.
 * To be made anew when the columns change. One thread only.
 */
export class CounterTotals {
  readonly #quads: Quad[] = [];
  readonly #singles: { column: SlabColumn; page: number }[] = [];
  #totals: Float64Array;
  #before: Float64Array;
  readonly #sums: Float64Array = new Float64Array(PAGE_CELLS);

  /** @param seriesCount how many series the family has */
  constructor(columns: readonly SlabColumn[], seriesCount: number) {
    this.#totals = new Float64Array(seriesCount);
    this.#before = new Float64Array(seriesCount);
    let next = 0;
    for (; next + AT_ONCE <= columns.length; next += AT_ONCE) {
      this.#addFour(columns.slice(next, next + AT_ONCE) as unknown as Four<SlabColumn>);
    }
    for (const column of columns.slice(next)) this.#addOne(column);
    // WHY: pages are taken from a slab's end downwards, and processors fetch ahead upwards: read backwards, 64 workers of
    // 10 000 counters take a fifth less time.
    this.#quads.reverse();
  }

  #addFour(columns: Four<SlabColumn>): void {
    const [first] = columns;
    for (let page = 0; page < first.pageCount; page++) {
      const from = first.pageStart(page);
      const to = first.pageStart(page + 1);
      const alike = columns.every((column) =>
        column.pageStart(page) === from && column.pageStart(page + 1) === to
      );
      const pages = columns.map((column) => alike ? column.densePage(page) : undefined);
      if (pages.some((found) => found === undefined)) {
        for (const column of columns) if (page < column.pageCount) this.#singles.push({ column, page });
      } else {
        this.#quads.push({
          columns,
          page,
          pages: pages as unknown as Four<DensePage>,
          from,
          count: to - from,
        });
      }
    }
    for (const column of columns) this.#addOne(column, first.pageCount);
  }

  #addOne(column: SlabColumn, fromPage = 0): void {
    for (let page = fromPage; page < column.pageCount; page++) this.#singles.push({ column, page });
  }

  /**
   * Reads and adds up all columns.
   *
   * @returns the total of each series by its number in the family; used again by the next call but one
   */
  sum(budget: RetryBudget): Float64Array {
    [this.#before, this.#totals] = [this.#totals, this.#before];
    const totals = this.#totals.fill(0);
    const sums = this.#sums;
    for (const { columns, page, pages, from, count } of this.#quads) {
      if (sumCounterPages(pages, count, sums)) {
        for (let k = 0; k < count; k++) totals[from + k] += sums[k];
      } else {
        for (const column of columns) column.addCounterPage(page, totals, budget);
      }
    }
    for (const { column, page } of this.#singles) column.addCounterPage(page, totals, budget);
    return totals;
  }

  /** What the last call but one of {@linkcode CounterTotals.sum} returned. */
  get before(): Float64Array {
    return this.#before;
  }
}
