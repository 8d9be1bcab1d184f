/**
 * Two layouts of counter cells in pages of 4 KiB, each with its writer and its readers. Both were measured
 * before the slab's layout was settled; `block_validation.ts` runs them.
 *
 * A counter's value is `high * 2 ** 31 + low + float`, kept twice; the sequence's parity names the copy that
 * counts. An integer increment is one plain store to the active copy's low word. A wrap or a float increment
 * fills the inactive copy, then flips, and the page's `flips` word is odd meanwhile.
 *
 * @module
 */
// DATA PLANE

/** Size of a page, in bytes. */
export const PAGE_BYTES = 4096;
const PAGE_WORDS = PAGE_BYTES / 4;
const PAGE_DOUBLES = PAGE_BYTES / 8;
const HEADER_WORDS = 16;
const TWO_31 = 2 ** 31;

/** Where a layout keeps the fields of cell 0, in words (`floatA`: in doubles) from the start of its page. */
export interface CellLayout {
  readonly name: string;
  /** Cells in a page. */
  readonly cells: number;
  readonly sequence: number;
  readonly low: number;
  readonly high: number;
  readonly floatA: number;
  /** Words from one cell to the next, and from copy A to copy B. */
  readonly cellStride: number;
  readonly copyStride: number;
  /** The same for the doubles. */
  readonly floatCellStride: number;
  readonly floatCopyStride: number;
}

/** Array of structures: 40 bytes a cell, 100 cells a page. */
export const STRUCTS: CellLayout = {
  name: "structs",
  cells: 100,
  sequence: HEADER_WORDS,
  low: HEADER_WORDS + 1,
  high: HEADER_WORDS + 3,
  floatA: HEADER_WORDS / 2 + 3,
  cellStride: 10,
  copyStride: 1,
  floatCellStride: 5,
  floatCopyStride: 1,
};

const COLUMN = 112;
/** Structure of arrays: 36 bytes a cell, 112 cells a page, one column per field and copy. */
export const COLUMNS: CellLayout = {
  name: "columns",
  cells: COLUMN,
  sequence: HEADER_WORDS,
  low: HEADER_WORDS + COLUMN,
  high: HEADER_WORDS + 3 * COLUMN,
  floatA: (HEADER_WORDS + 5 * COLUMN) / 2,
  cellStride: 1,
  copyStride: COLUMN,
  floatCellStride: 1,
  floatCopyStride: COLUMN,
};

/** Both views of one slab. */
export class Pages {
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  readonly pageCount: number;

  constructor(layout: CellLayout, counterCount: number) {
    this.pageCount = Math.ceil(counterCount / layout.cells);
    const buffer = new SharedArrayBuffer(this.pageCount * PAGE_BYTES);
    this.words = new Int32Array(buffer);
    this.doubles = new Float64Array(buffer);
  }
}

/** The writer of one counter in an array of structures. Owner worker only. */
export class StructCounter {
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #cell: number;
  readonly #page: number;

  constructor(pages: Pages, index: number) {
    const page = Math.floor(index / STRUCTS.cells);
    this.#words = pages.words;
    this.#doubles = pages.doubles;
    this.#page = page * PAGE_WORDS;
    this.#cell = this.#page + STRUCTS.sequence +
      (index % STRUCTS.cells) * STRUCTS.cellStride;
  }

  /** Adds a finite value of at least 0. */
  inc(value = 1): void {
    const words = this.#words;
    const low = this.#cell + 1 + (words[this.#cell] & 1);
    // A non-integer value must not be judged by the sum: 2 ** 30 + 1e-12 is an integer again.
    if ((value | 0) === value && value >= 0) {
      const next = (words[low] + value) | 0;
      if (next >= 0) {
        words[low] = next;
        return;
      }
    }
    this.#flip(low, value);
  }

  #flip(low: number, value: number): void {
    const words = this.#words;
    const doubles = this.#doubles;
    const active = words[this.#cell] & 1;
    const other = 1 - active;
    const float = (this.#cell + 6) >> 1;
    const whole = Number.isInteger(value) && value < 2 ** 53;
    const sum = whole ? words[low] + value : words[low];
    Atomics.add(words, this.#page, 1);
    words[this.#cell + 1 + other] = sum % TWO_31;
    words[this.#cell + 3 + other] = words[this.#cell + 3 + active] +
      Math.floor(sum / TWO_31);
    doubles[float + other] = doubles[float + active] + (whole ? 0 : value);
    Atomics.add(words, this.#cell, 1);
    Atomics.add(words, this.#page, 1);
  }
}

/** The writer of one counter in a structure of arrays. Owner worker only. */
export class ColumnCounter {
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #cell: number;
  readonly #page: number;

  constructor(pages: Pages, index: number) {
    const page = Math.floor(index / COLUMN);
    this.#words = pages.words;
    this.#doubles = pages.doubles;
    this.#page = page * PAGE_WORDS;
    this.#cell = this.#page + COLUMNS.sequence + (index % COLUMN);
  }

  /** Adds a finite value of at least 0. */
  inc(value = 1): void {
    const words = this.#words;
    const low = this.#cell + ((words[this.#cell] & 1) + 1) * COLUMN;
    if ((value | 0) === value && value >= 0) {
      const next = (words[low] + value) | 0;
      if (next >= 0) {
        words[low] = next;
        return;
      }
    }
    this.#flip(low, value);
  }

  #flip(low: number, value: number): void {
    const words = this.#words;
    const doubles = this.#doubles;
    const active = words[this.#cell] & 1;
    const other = 1 - active;
    const high = this.#cell + 3 * COLUMN;
    const float = (this.#page >> 1) + COLUMNS.floatA +
      (this.#cell - this.#page - COLUMNS.sequence);
    const whole = Number.isInteger(value) && value < 2 ** 53;
    const sum = whole ? words[low] + value : words[low];
    Atomics.add(words, this.#page, 1);
    words[this.#cell + (other + 1) * COLUMN] = sum % TWO_31;
    words[high + other * COLUMN] = words[high + active * COLUMN] +
      Math.floor(sum / TWO_31);
    doubles[float + other * COLUMN] = doubles[float + active * COLUMN] +
      (whole ? 0 : value);
    Atomics.add(words, this.#cell, 1);
    Atomics.add(words, this.#page, 1);
  }
}

/** Adds a slab's counters to `totals[targets[counter]]`. Returns how many pages needed the slow way. */
export type Reader = (
  pages: Pages,
  targets: Int32Array,
  totals: Float64Array,
) => number;

/** Reads one cell alone: the active copy, validated by the cell's own sequence. */
function readCell(
  pages: Pages,
  layout: CellLayout,
  page: number,
  cell: number,
): number {
  const { words, doubles } = pages;
  const at = page * PAGE_WORDS + cell * layout.cellStride;
  const float = page * PAGE_DOUBLES + layout.floatA +
    cell * layout.floatCellStride;
  for (;;) {
    const sequence = Atomics.load(words, at + layout.sequence);
    const copy = sequence & 1;
    const value = words[at + layout.high + copy * layout.copyStride] * TWO_31 +
      words[at + layout.low + copy * layout.copyStride] +
      doubles[float + copy * layout.floatCopyStride];
    if (Atomics.add(words, at + layout.sequence, 0) === sequence) return value;
  }
}

/** A reader that validates every cell by itself. */
export function cellReader(layout: CellLayout): Reader {
  return (pages, targets, totals) => {
    for (let counter = 0; counter < targets.length; counter++) {
      const page = Math.floor(counter / layout.cells);
      totals[targets[counter]] += readCell(
        pages,
        layout,
        page,
        counter - page * layout.cells,
      );
    }
    return pages.pageCount;
  };
}

/** Reads a page of `count` cells, active copies, into `scratch`. */
function readCopies(
  pages: Pages,
  layout: CellLayout,
  page: number,
  scratch: Float64Array,
): void {
  const { words, doubles } = pages;
  const {
    sequence,
    low,
    high,
    cellStride,
    copyStride,
    floatCellStride,
    floatCopyStride,
  } = layout;
  let at = page * PAGE_WORDS;
  let float = page * PAGE_DOUBLES + layout.floatA;
  for (
    let cell = 0;
    cell < scratch.length;
    cell++, at += cellStride, float += floatCellStride
  ) {
    const copy = words[at + sequence] & 1;
    const word = at + copy * copyStride;
    scratch[cell] = words[word + high] * TWO_31 + words[word + low] +
      doubles[float + copy * floatCopyStride];
  }
}

/**
 * A reader that validates every page once. With `direct`, pages that never flipped are read by their low
 * words alone, straight into the totals; if one flips meanwhile, which happens once in a page's life, the
 * reader returns -1 and the whole merge begins again.
 */
export function pageReader(
  layout: CellLayout,
  { direct }: { direct: boolean },
): Reader {
  const { cells, low, cellStride } = layout;
  const scratch = new Float64Array(cells);
  return (pages, targets, totals) => {
    const words = pages.words;
    let slow = 0;
    for (
      let page = 0, first = 0;
      page < pages.pageCount;
      page++, first += cells
    ) {
      const end = Math.min(first + cells, targets.length);
      const base = page * PAGE_WORDS;
      const flips = Atomics.load(words, base);
      if (direct && flips === 0) {
        for (
          let index = first, at = base + low;
          index < end;
          index++, at += cellStride
        ) {
          totals[targets[index]] += words[at];
        }
        if (Atomics.add(words, base, 0) !== 0) return -1;
        continue;
      }
      readCopies(pages, layout, page, scratch);
      if ((flips & 1) !== 0 || Atomics.add(words, base, 0) !== flips) {
        slow++;
        for (let cell = 0; cell < cells; cell++) {
          scratch[cell] = readCell(pages, layout, page, cell);
        }
      }
      for (let index = first; index < end; index++) {
        totals[targets[index]] += scratch[index - first];
      }
    }
    return slow;
  };
}
