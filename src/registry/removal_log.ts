/**
 * The removals that a slab's directory announces.
 *
 * @module
 */
// CONTROL PLANE
import type { Removal } from "../model/removal.ts";
import { DirectoryReader, type DirectoryRecord, isUnchanged, RECORD_KIND } from "../slab/directory.ts";
import type { Slab } from "../slab/slab.ts";
import { removalsForgotten } from "../slab/slab_writer.ts";

const decoder = new TextDecoder();

/**
 * Puts the removals of one slab in order and hands over each once. Any thread; one per reader. Records are used anew,
 * so a removal may be found after later ones, or not at all by a reader that came when it was forgotten.
 */
export class RemovalQueue {
  readonly #slab: Slab;
  readonly #waiting: Map<number, DirectoryRecord> = new Map();
  #seen = 0;

  constructor(slab: Slab) {
    this.#slab = slab;
  }

  /** The number of the last removal that was handed over or skipped. */
  get seen(): number {
    return this.#seen;
  }

  /** Takes a record of the directory; what is no removal is passed over. */
  add(record: DirectoryRecord): void {
    const { kind, reclaimed, removalsSeen: number } = record;
    if (kind !== RECORD_KIND.REMOVAL || reclaimed || number <= this.#seen) return;
    this.#waiting.set(number, record);
  }

  /** Hands over the removals that were added, with their numbers, after the directory was read. */
  take(visit: (removal: Removal, number: number) => void): void {
    const waiting = this.#waiting;
    this.#keepWhole();
    for (let record = waiting.get(this.#seen + 1); record !== undefined;) {
      waiting.delete(++this.#seen);
      visit(JSON.parse(decoder.decode(record.payload)) as Removal, this.#seen);
      record = waiting.get(this.#seen + 1);
    }
  }

  /** Passes over all removals that were added. */
  passOver(): void {
    this.#keepWhole();
    this.#seen = Math.max(this.#seen, ...this.#waiting.keys());
    this.#waiting.clear();
  }

  /** Drops what is forgotten, on which all whom it concerns have acted, and what was used anew while it was copied. */
  #keepWhole(): void {
    const waiting = this.#waiting;
    this.#seen = Math.max(this.#seen, removalsForgotten(this.#slab));
    for (const [number, record] of waiting) {
      // WHY: a copy that is mixed may have the number of the old content or of the new; the new is read again whole.
      if (number <= this.#seen || !isUnchanged(this.#slab, record)) waiting.delete(number);
    }
  }
}

/** Reads removals from a slab, each once. Any thread; one per reader. */
export class RemovalLog {
  readonly #directory: DirectoryReader;
  readonly #queue: RemovalQueue;

  constructor(slab: Slab) {
    this.#directory = new DirectoryReader(slab);
    this.#queue = new RemovalQueue(slab);
  }

  /**
   * Hands over the removals that were announced since the last call, with their numbers from 1.
   *
   * @throws {SlabError} If the directory is damaged
   */
  read(visit: (removal: Removal, number: number) => void): void {
    this.#directory.read((record) => this.#queue.add(record));
    this.#queue.take(visit);
  }

  /**
   * Passes over the removals that were announced so far.
   *
   * @returns the number of the last of them, 0 if there was none
   * @throws {SlabError} If the directory is damaged
   */
  passOver(): number {
    this.#directory.read((record) => this.#queue.add(record));
    this.#queue.passOver();
    return this.#queue.seen;
  }
}
