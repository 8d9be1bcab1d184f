/**
 * The removals that a slab's directory announces.
 *
 * @module
 */
// CONTROL PLANE
import type { Removal } from "../model/removal.ts";
import { DirectoryReader, type DirectoryRecord, RECORD_KIND } from "../slab/directory.ts";
import type { Slab } from "../slab/slab.ts";
import { removalsForgotten } from "../slab/slab_writer.ts";

const decoder = new TextDecoder();

/**
 * Puts the removals of one slab in order and hands over each once. Any thread; one per reader. Records are used anew,
 * so a removal may be found after later ones, or not at all by a reader that came when it was forgotten.
 */
export class RemovalQueue {
  readonly #slab: Slab;
  readonly #waiting: Map<number, Uint8Array> = new Map();
  #seen = 0;

  constructor(slab: Slab) {
    this.#slab = slab;
  }

  /** The number of the last removal that was handed over or skipped. */
  get seen(): number {
    return this.#seen;
  }

  /** Takes a record of the directory; what is no removal is passed over. */
  add({ kind, reclaimed, removalsSeen: number, payload }: DirectoryRecord): void {
    if (kind !== RECORD_KIND.REMOVAL || reclaimed || number <= this.#seen) return;
    this.#waiting.set(number, payload);
  }

  /** Hands over the removals that were added, with their numbers, after the directory was read. */
  take(visit: (removal: Removal, number: number) => void): void {
    const waiting = this.#waiting;
    const forgotten = removalsForgotten(this.#slab);
    // WHY: all whom they concern have acted on them; what was copied of them may be mixed with what came after.
    if (forgotten > this.#seen) {
      this.#seen = forgotten;
      for (const number of waiting.keys()) if (number <= forgotten) waiting.delete(number);
    }
    for (let payload = waiting.get(this.#seen + 1); payload !== undefined;) {
      waiting.delete(++this.#seen);
      visit(JSON.parse(decoder.decode(payload)) as Removal, this.#seen);
      payload = waiting.get(this.#seen + 1);
    }
  }

  /** Passes over all removals that were added. */
  skip(): void {
    this.#seen = Math.max(this.#seen, removalsForgotten(this.#slab), ...this.#waiting.keys());
    this.#waiting.clear();
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
  skip(): number {
    this.#directory.read((record) => this.#queue.add(record));
    this.#queue.skip();
    return this.#queue.seen;
  }
}
