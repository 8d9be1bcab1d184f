/**
 * The exemplars of one family: those of each slab, and the one that remains of several.
 *
 * @module
 */
// CONTROL PLANE
import type { CellPlan } from "../metric/cell_plan.ts";
import { decodeExemplarLabels } from "../model/exemplar_labels.ts";
import type { Exemplar } from "../model/samples.ts";
import {
  EXEMPLAR_CELL32,
  EXEMPLAR_TEXT_BYTES,
  type ExemplarRecord,
  exemplarSequence,
  readExemplar,
} from "../slab/exemplar_cell.ts";
import type { Slab } from "../slab/slab.ts";

/** The exemplars of some series, `slots` places for each. */
export class ExemplarColumn {
  readonly slots: number;
  readonly #exemplars: (Exemplar | undefined)[] = [];

  constructor(slots: number) {
    this.slots = slots;
  }

  /** The exemplar in a place of series `k`. */
  at(k: number, slot: number): Exemplar | undefined {
    return this.#exemplars[k * this.slots + slot];
  }

  /** Puts an exemplar in a place of series `k`. */
  put(k: number, slot: number, exemplar: Exemplar | undefined): void {
    this.#exemplars[k * this.slots + slot] = exemplar;
  }

  /** Puts an exemplar in a place of series `k` unless the one that is there is to be preferred. */
  offer(k: number, slot: number, exemplar: Exemplar): void {
    if (isPreferred(exemplar, this.at(k, slot))) this.put(k, slot, exemplar);
  }

  /**
   * Offers the exemplars of another column's series. The places of a histogram without classic buckets mean nothing, so
   * of as many as there are places the newest remain.
   */
  offerAll(k: number, other: ExemplarColumn, otherK: number): void {
    for (let slot = 0; slot < this.slots; slot++) {
      const exemplar = other.at(otherK, slot);
      if (exemplar !== undefined) this.offer(k, slot, exemplar);
    }
  }

  /** Appends the exemplars of series `k` to a list. */
  collect(k: number, into: Exemplar[]): void {
    for (let slot = 0; slot < this.slots; slot++) {
      const exemplar = this.at(k, slot);
      if (exemplar !== undefined) into.push(exemplar);
    }
  }

  /** Forgets the exemplars of series `k`. */
  forget(k: number): void {
    for (let slot = 0; slot < this.slots; slot++) this.put(k, slot, undefined);
  }
}

/**
 * Whether an exemplar takes the place of another: the newest does, of equally new ones that of the greater value, of
 * equal values that whose labels come later. So the outcome does not depend on the order of the workers.
 */
export function isPreferred(exemplar: Exemplar, other: Exemplar | undefined): boolean {
  if (other === undefined) return true;
  if (exemplar.timestamp !== other.timestamp) return exemplar.timestamp > other.timestamp;
  if (exemplar.value !== other.value) return exemplar.value > other.value;
  return JSON.stringify(exemplar.labels) > JSON.stringify(other.labels);
}

const record: ExemplarRecord = {
  value: 0,
  timestamp: 0,
  text: new Uint8Array(EXEMPLAR_TEXT_BYTES),
  textBytes: 0,
};

/**
 * The exemplars of one slab. Those of a series are looked at before its counts are read and taken over after that
 * succeeded, so that an exemplar is never newer than the count that is shown with it.
 */
export class SlabExemplars extends ExemplarColumn {
  readonly #slab: Slab;
  readonly #exemplars32: number;
  /** The sequence at which each exemplar was read; 0 if there was none. */
  readonly #sequences: number[] = [];
  readonly #found: { slot: number; sequence: number; exemplar: Exemplar }[] = [];
  #series = 0;

  constructor(slab: Slab, plan: CellPlan) {
    super(plan.exemplarSlots);
    this.#slab = slab;
    this.#exemplars32 = plan.exemplars32;
  }

  /** Looks at the exemplars of series `k`, before its counts are read. An exemplar that its owner moves stays as it was. */
  look(k: number, cell32: number): void {
    this.#series = k;
    this.#found.length = 0;
    for (let slot = 0; slot < this.slots; slot++) {
      const at32 = cell32 + this.#exemplars32 + slot * EXEMPLAR_CELL32;
      if (exemplarSequence(this.#slab, at32) === (this.#sequences[k * this.slots + slot] ?? 0)) continue;
      const sequence = readExemplar(this.#slab, at32, record);
      if (sequence === 0) continue;
      const labels = decodeExemplarLabels(record.text, record.textBytes);
      this.#found.push({
        slot,
        sequence,
        exemplar: { labels, value: record.value, timestamp: record.timestamp },
      });
    }
  }

  /** Takes over what {@linkcode SlabExemplars.look} found last, if the counts could be read. */
  settle(valid: boolean): void {
    if (!valid) return;
    for (const { slot, sequence, exemplar } of this.#found) {
      this.#sequences[this.#series * this.slots + slot] = sequence;
      this.put(this.#series, slot, exemplar);
    }
  }

  override forget(k: number): void {
    super.forget(k);
    for (let slot = 0; slot < this.slots; slot++) this.#sequences[k * this.slots + slot] = 0;
  }
}

/** Which series of a column go where in the output. */
export interface ExemplarSource {
  readonly count: number;
  readonly positions: Int32Array;
  readonly exemplars: ExemplarColumn | undefined;
}

/**
 * The exemplars that remain of all columns, block by block, as `FamilySamples.exemplars` wants them.
 *
 * @param columns the columns that count
 * @param of how many values a series has, and how many series a block
 */
export function mergeExemplars(
  columns: Iterable<ExemplarSource>,
  of: { readonly stride: number; readonly perBlock: number },
): Map<number, Exemplar>[] {
  const blocks: Map<number, Exemplar>[] = [];
  for (const { count, positions, exemplars } of columns) {
    if (exemplars === undefined) continue;
    for (let k = 0; k < count; k++) {
      if (positions[k] < 0) continue;
      const block = Math.floor(positions[k] / of.perBlock);
      const start = (positions[k] - block * of.perBlock) * of.stride;
      for (let slot = 0; slot < exemplars.slots; slot++) {
        const exemplar = exemplars.at(k, slot);
        if (exemplar === undefined) continue;
        const merged = blocks[block] ??= new Map();
        if (isPreferred(exemplar, merged.get(start + slot))) merged.set(start + slot, exemplar);
      }
    }
  }
  return blocks;
}
