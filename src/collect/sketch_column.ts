/**
 * The sketches of one family's series in one slab, and what remains of those of ended workers.
 *
 * @module
 */
// CONTROL PLANE
import { type AreaReading, newAreaReading, readArea } from "../slab/sketch.ts";
import type { SketchPlan } from "../slab/sketch_plan.ts";
import type { Slab } from "../slab/slab.ts";
import { MergedSketch } from "./merged_sketch.ts";

/** The sketches of some series. */
export interface SketchColumn {
  /**
   * Adds what series `k` observed lately to a sketch.
   *
   * @param current the slot of time with which the window ends
   */
  addRecent(k: number, current: number, into: MergedSketch): void;
  /** Forgets series `k`. */
  forget(k: number): void;
}

/** A reading tries again when the owner moves on to another slot meanwhile, which it does once in a long time. */
const TRIES = 3;

/** The sketches of one slab. They are read when they are asked for. */
export class SlabSketches implements SketchColumn {
  readonly #slab: Slab;
  readonly #plan: SketchPlan;
  readonly #cellOf: (k: number) => number;
  readonly #reading: AreaReading;

  /** @param cellOf the cell of series `k` as an element of the slab's Int32Array */
  constructor(slab: Slab, plan: SketchPlan, cellOf: (k: number) => number) {
    this.#slab = slab;
    this.#plan = plan;
    this.#cellOf = cellOf;
    this.#reading = newAreaReading(plan);
  }

  addRecent(k: number, current: number, into: MergedSketch): void {
    this.areas(k, (reading) => {
      if (this.#plan.isRecent(reading.slot, current)) into.add(reading);
    });
  }

  /** Hands over what series `k` observed, slot by slot of time. The reading is used again. */
  areas(k: number, visit: (reading: AreaReading) => void): void {
    const cell32 = this.#cellOf(k);
    for (let area = 0; area < this.#plan.areaCount; area++) {
      for (let tries = 0; tries < TRIES; tries++) {
        if (!readArea(this.#slab, cell32, this.#plan, area, this.#reading)) continue;
        visit(this.#reading);
        break;
      }
    }
  }

  forget(): void {
    // WHY: nothing is kept of a cell.
  }
}

/** What ended workers observed, by series and slot of time. Slots that are in no window any more are dropped. */
export class RetiredSketches implements SketchColumn {
  readonly #plan: SketchPlan;
  readonly #series: Map<number, Map<number, MergedSketch>> = new Map();

  constructor(plan: SketchPlan) {
    this.#plan = plan;
  }

  /** Takes over what a slab's series `k` observed. */
  keep(index: number, sketches: SlabSketches, k: number): void {
    let slots = this.#series.get(index);
    if (slots === undefined) {
      slots = new Map();
      this.#series.set(index, slots);
    }
    const kept = slots;
    sketches.areas(k, (reading) => {
      const sketch = kept.get(reading.slot) ?? new MergedSketch();
      sketch.add(reading);
      if (sketch.count > 0) kept.set(reading.slot, sketch);
    });
  }

  addRecent(index: number, current: number, into: MergedSketch): void {
    for (const [slot, sketch] of this.#series.get(index) ?? []) {
      if (this.#plan.isRecent(slot, current)) into.addSketch(sketch);
      else if (((current - slot) | 0) > 0) this.#series.get(index)?.delete(slot);
    }
  }

  forget(index: number): void {
    this.#series.delete(index);
  }
}
