/**
 * Exemplars on their way from a caller into memory.
 *
 * @module
 */
// DATA PLANE
import { encodeExemplarLabels, type ExemplarLabels } from "../model/exemplar_labels.ts";
import {
  EXEMPLAR_CELL32,
  EXEMPLAR_TEXT_BYTES,
  type ExemplarRecord,
  ownExemplarTimestamp,
  ownExemplarValue,
  storeExemplar,
} from "../slab/exemplar_cell.ts";
import { exemplarToGiveUp, NATIVE_EXEMPLARS } from "../slab/exemplar_choice.ts";
import type { Slab } from "../slab/slab.ts";
import type { CellPlan } from "./cell_plan.ts";

/** What may be said about an update besides its value. */
export interface UpdateOptions {
  /**
   * Labels of an exemplar that stands for this update, such as the id of its trace: at most 128 code points of names
   * and values. It takes the place of the one before. Labels that need more than 232 bytes with two for each label, as
   * only text outside ASCII can, are not kept.
   */
  readonly exemplar?: ExemplarLabels;
  /** When the exemplar was seen, in seconds since the Unix epoch. Default: now. */
  readonly timestamp?: number;
}

/** The exemplar that is on its way; one is enough, because nothing can happen in between. */
const pending: ExemplarRecord = {
  value: 0,
  timestamp: 0,
  text: new Uint8Array(EXEMPLAR_TEXT_BYTES),
  textBytes: 0,
};

/** The exemplars of one series among which one is given up, and the pending one. */
const values = new Float64Array(NATIVE_EXEMPLARS + 1);
const timestamps = new Float64Array(NATIVE_EXEMPLARS + 1);

/** Keeps the exemplars of one family. Owner thread only. */
export class ExemplarKeeper {
  readonly #what: string;
  readonly #exemplars32: number;
  readonly #slots: number;
  readonly #spreads: boolean;

  /** @param what the family, as errors name it */
  constructor(plan: CellPlan, what: string) {
    this.#what = what;
    this.#exemplars32 = plan.exemplars32;
    this.#slots = plan.exemplarSlots;
    this.#spreads = plan.native !== undefined && plan.native.classicCount === 0;
  }

  /**
   * Checks an exemplar before its update is counted.
   *
   * @returns whether there is one to be stored
   * @throws {TypeError} If the family keeps no exemplars, or there are no labels
   * @throws {RangeError} If the labels or the timestamp are not valid
   */
  prepare({ exemplar, timestamp }: UpdateOptions): boolean {
    if (exemplar === undefined) return false;
    const what = `Cannot keep an exemplar of ${this.#what}`;
    if (this.#slots === 0) throw new TypeError(`${what}: wanted a definition with exemplars, it has none`);
    if (timestamp !== undefined && !Number.isFinite(timestamp)) {
      throw new RangeError(`${what}: wanted a finite timestamp in seconds, given ${timestamp}`);
    }
    const textBytes = encodeExemplarLabels(exemplar, pending.text, what);
    if (textBytes < 0) return false;
    pending.textBytes = textBytes;
    pending.timestamp = timestamp ?? Date.now() / 1000;
    return true;
  }

  /**
   * Stores the exemplar that was prepared, after its update was counted.
   *
   * @param of the observed value and its bucket; where there are no classic buckets the exemplars are spread over the
   * values instead
   */
  store(slab: Slab, cell32: number, of: { readonly value: number; readonly slot: number }): void {
    pending.value = of.value;
    const first32 = cell32 + this.#exemplars32;
    const slot = this.#spreads ? this.#chooseSlot(slab, first32) : of.slot;
    if (slot < this.#slots) storeExemplar(slab, first32 + slot * EXEMPLAR_CELL32, pending);
  }

  /** The place for the pending exemplar: an empty one, or that of the one to give up, which may be itself. */
  #chooseSlot(slab: Slab, first32: number): number {
    for (let slot = 0; slot < this.#slots; slot++) {
      const at32 = first32 + slot * EXEMPLAR_CELL32;
      timestamps[slot] = ownExemplarTimestamp(slab, at32);
      if (timestamps[slot] === 0) return slot;
      values[slot] = ownExemplarValue(slab, at32);
    }
    values[this.#slots] = pending.value;
    timestamps[this.#slots] = pending.timestamp;
    return exemplarToGiveUp(values, timestamps, this.#slots + 1);
  }
}
