/**
 * The removals that a slab's directory announces.
 *
 * @module
 */
// CONTROL PLANE
import type { Removal } from "../model/removal.ts";
import { DirectoryReader, RECORD_KIND } from "../slab/directory.ts";
import type { Slab } from "../slab/slab.ts";

const decoder = new TextDecoder();

/** Reads removals from a slab, each once. Any thread; one per reader. */
export class RemovalLog {
  readonly #directory: DirectoryReader;
  #count = 0;

  constructor(slab: Slab) {
    this.#directory = new DirectoryReader(slab);
  }

  /**
   * Hands over the removals that were announced since the last call, with their numbers from 1.
   *
   * @throws {SlabError} If the directory is damaged
   */
  read(visit: (removal: Removal, number: number) => void): void {
    this.#directory.read((record) => {
      if (record.kind !== RECORD_KIND.REMOVAL) return;
      visit(parseRemoval(record.payload), ++this.#count);
    });
  }
}

/** Reads the payload of a removal record. */
export function parseRemoval(payload: Uint8Array): Removal {
  return JSON.parse(decoder.decode(payload)) as Removal;
}
