/**
 * What a commit does to one series of each kind.
 *
 * @module
 */
// DATA PLANE
import type { CommitPart } from "../slab/commit.ts";
import { flipCounter } from "../slab/counter_cell.ts";
import { observeAll, observeHistogram } from "../slab/histogram_cell.ts";
import type { Slab } from "../slab/slab.ts";
import type { CounterChild } from "./counter.ts";
import type { CellHolder } from "./family.ts";
import type { GaugeChild } from "./gauge.ts";
import type { ClassicChild } from "./histogram_child.ts";

/** One series' part of a commit. Objects are used again for other series, so that a commit allocates nothing. */
export abstract class CommitUpdate<Child extends CellHolder = CellHolder> implements CommitPart {
  /** The series' child, while the update is collected. */
  child: Child | undefined;
  slab!: Slab;
  cell32 = 0;

  /** Begins an update of a series. */
  begin(child: Child): void {
    this.child = child;
    this.clear();
  }

  /** Finds the series' cell, which a removal may have moved. Before {@linkcode CommitUpdate.move}. */
  locate(): void {
    this.slab = this.child!.slab;
    this.cell32 = this.child!.cell32;
  }

  /** Forgets the series, whose child nobody may hold any more. */
  end(): void {
    this.child = undefined;
  }

  /** Forgets what was collected. */
  protected abstract clear(): void;
  /** Makes the update in one flip of the cell. */
  abstract move(): void;
}

/** An increment of a counter. */
export class CounterUpdate extends CommitUpdate<CounterChild> {
  #amount = 0;

  protected override clear(): void {
    this.#amount = 0;
  }

  add(amount: number): void {
    this.#amount += amount;
  }

  override move(): void {
    flipCounter(this.slab, this.cell32, this.#amount);
  }
}

/** A gauge's new value, or what is added to it. */
export class GaugeUpdate extends CommitUpdate<GaugeChild> {
  #value = 0;
  readonly #how = { sum: true, version: undefined as number | undefined };

  protected override clear(): void {
    this.#value = 0;
    this.#how.sum = true;
    this.#how.version = undefined;
  }

  add(value: number): void {
    this.#value += value;
  }

  set(value: number, version: number | undefined): void {
    this.#value = value;
    this.#how.sum = false;
    this.#how.version = version;
  }

  override move(): void {
    this.child!.flip(this.#value, this.#how);
  }
}

/** Observations of a histogram. */
export class HistogramUpdate extends CommitUpdate<ClassicChild> {
  readonly #values: number[] = [];
  #count = 0;

  protected override clear(): void {
    this.#count = 0;
  }

  add(value: number): void {
    this.#values[this.#count++] = value;
  }

  override move(): void {
    const { bounds } = this.child!;
    if (this.#count === 1) observeHistogram(this.slab, this.cell32, bounds, this.#values[0]);
    else observeAll(this.slab, { cell32: this.cell32, bounds }, this.#values, this.#count);
  }
}

/** Updates of one kind, used again and again. */
export class UpdatePool<Update extends CommitUpdate> {
  readonly #make: () => Update;
  readonly #updates: Update[] = [];
  #usedCount = 0;

  constructor(make: () => Update) {
    this.#make = make;
  }

  /** The update of a child that was taken since the last {@linkcode UpdatePool.clear}, if any. */
  find(child: CellHolder): Update | undefined {
    for (let k = 0; k < this.#usedCount; k++) if (this.#updates[k].child === child) return this.#updates[k];
    return undefined;
  }

  /** An update that is free. */
  take(): Update {
    if (this.#usedCount === this.#updates.length) this.#updates.push(this.#make());
    return this.#updates[this.#usedCount++];
  }

  /** Takes all updates back. */
  clear(): void {
    for (let k = 0; k < this.#usedCount; k++) this.#updates[k].end();
    this.#usedCount = 0;
  }
}
