/**
 * Reads a slab as it was between two commits of its owner.
 *
 * @module
 */
// CONTROL PLANE
import {
  areRemembered,
  cellsOfCommit,
  commitBlock32,
  commitsBetween,
  commitSequence,
  commitsMoved,
} from "../slab/commit.ts";
import type { Slab } from "../slab/slab.ts";
import type { RetryBudget, Turn } from "./retry_budget.ts";
import type { SlabColumn } from "./slab_column.ts";

/** The slab's columns, as its source knows them. */
export interface CommittedColumns {
  /** Learns what is new in the directory. */
  parse(): void;
  /** The columns whose series may be part of commits. */
  columns(): Iterable<SlabColumn>;
}

/** Where a cell's values are read into. */
interface Place {
  readonly column: SlabColumn;
  readonly k: number;
}

/**
 * Reads the columns of a slab at one moment between two commits. One thread only: the collector's. First all cells are
 * read, each by itself, while the owner goes on; then those that commits have moved since, which takes a fraction of the
 * time, and so on until no commit came in between. The owner is never waited for: a commit that is under way, even if
 * its thread has ended there, is read as if it had not begun.
 */
export class CommitReader {
  readonly #slab: Slab;
  readonly #places: Map<number, Place> = new Map();
  /** How many series of each column are among the places. */
  readonly #placed: Map<SlabColumn, number> = new Map();
  /** What the last try found of the commit that was under way, and where in the scratch its numbers are. */
  readonly #before: { readonly place: Place; readonly at: number }[] = [];
  #scratch: Float64Array = new Float64Array(64);

  constructor(slab: Slab) {
    this.#slab = slab;
  }

  /** Whether the slab's owner makes commits. */
  get isUsed(): boolean {
    return commitBlock32(this.#slab) !== 0;
  }

  /**
   * Reads all columns. If the owner commits too fast for too long, which the budget counts, each series is right by
   * itself and the last commits may be there in part.
   *
   * @returns whether they were read whole
   */
  read(budget: RetryBudget, of: CommittedColumns, turn: Turn): boolean {
    const slab = this.#slab;
    const block32 = commitBlock32(slab);
    let readAt: number | undefined;
    const step = () => {
      const sequence = commitSequence(slab, block32);
      // WHY: after the sequence, so that every series which a commit up to it moved is known.
      of.parse();
      let behind = readAt === undefined ? 0 : commitsBetween(readAt, sequence);
      if (readAt === undefined || !areRemembered(behind)) {
        behind = 0;
        for (const column of of.columns()) column.read(budget);
      } else {
        this.#place(of);
        for (let k = 0; k < behind; k++) {
          cellsOfCommit(
            slab,
            { block32, commit: (readAt >>> 1) + k },
            (cell32) => this.#readNow(cell32, budget),
          );
        }
        for (const column of of.columns()) column.readNew(budget);
      }
      this.#before.length = 0;
      if ((sequence & 1) !== 0) {
        this.#place(of);
        let at = 0;
        cellsOfCommit(slab, { block32, commit: sequence >>> 1 }, (cell32, before) => {
          const place = this.#places.get(cell32);
          if (place !== undefined) at = this.#readBefore(place, before, at);
        });
      }
      const moved = commitsMoved(slab, block32, sequence);
      // WHY not before: what is read of a commit that ends meanwhile may be of no moment at all.
      if (moved === 0) {
        for (const { place, at } of this.#before) {
          place.column.keepBefore(place.k, { out: this.#scratch, at });
        }
      }
      // WHY: slots that were used again meanwhile named other cells than those that were to be read.
      const slotsHeld = areRemembered(behind + (moved >>> 1) + 1);
      readAt = slotsHeld ? sequence : undefined;
      return moved === 0;
    };
    // WHY: no earlier value could stand in for a commit that is there in part.
    return budget.retryWhole(step, turn);
  }

  /** Reads what a place held before the commit that is under way. Returns where the next one's numbers go. */
  #readBefore(place: Place, sequence: number, at: number): number {
    const { column, k } = place;
    const end = at + column.numbersBefore;
    if (end > this.#scratch.length) {
      const scratch = new Float64Array(2 * end);
      scratch.set(this.#scratch);
      this.#scratch = scratch;
    }
    column.readBefore(k, sequence, { out: this.#scratch, at });
    this.#before.push({ place, at });
    return end;
  }

  #readNow(cell32: number, budget: RetryBudget): void {
    const place = this.#places.get(cell32);
    place?.column.readOne(place.k, budget);
  }

  /** Notes the cells of the series that are new. */
  #place({ columns }: CommittedColumns): void {
    for (const column of columns()) {
      for (let k = this.#placed.get(column) ?? 0; k < column.count; k++) {
        this.#places.set(column.cellOf(k), { column, k });
      }
      this.#placed.set(column, column.count);
    }
  }
}
