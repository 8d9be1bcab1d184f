/**
 * Reads the directory of a slab, from where the last read ended.
 *
 * @module
 */
// CONTROL PLANE
import { DIRECTORY_RECORD, recordBytes } from "../layout/directory_record.ts";
import { toIndex32, toIndex64 } from "../layout/layout.ts";
import { DIRECTORY_START, HEADER32 } from "../layout/slab_header.ts";
import { type Slab, SlabError } from "./slab.ts";

export { RECORD_KIND } from "../layout/directory_record.ts";

/** A directory record as a reader finds it. */
export interface DirectoryRecord {
  readonly kind: number;
  readonly familyId: number;
  /** Bytes from the slab's start to the series' cell. */
  readonly cellOffset: number;
  /** Seconds since the Unix epoch. */
  readonly created: number;
  /** A copy of the payload. */
  readonly payload: Uint8Array;
}

/** Parses each record of a slab once. Any thread; one instance per reader. */
export class DirectoryReader {
  readonly #slab: Slab;
  #position = DIRECTORY_START;

  constructor(slab: Slab) {
    this.#slab = slab;
  }

  /**
   * Hands over the records that were published since the last call.
   *
   * @throws {SlabError} If the directory is damaged; the records before the damage were handed over
   */
  read(visit: (record: DirectoryRecord) => void): void {
    const { i32, f64, u8, buffer } = this.#slab;
    // ORDER: before the records' plain loads; pairs with the store in SlabWriter (litmus: directory publication).
    const end = Atomics.load(i32, HEADER32.directoryEnd);
    if (end === this.#position) return;
    if (end < this.#position || end > buffer.byteLength || end % 8 !== 0) {
      throw new SlabError(`Cannot read directory: it ends at ${end}, read up to ${this.#position}`);
    }
    const field = DIRECTORY_RECORD.at;
    while (this.#position < end) {
      const start = this.#position;
      const at32 = toIndex32(start);
      const payloadBytes = i32[at32 + toIndex32(field.payloadBytes)];
      const next = start + recordBytes(payloadBytes);
      const cellOffset = i32[at32 + toIndex32(field.cellOffset)];
      if (
        payloadBytes < 0 || next > end || cellOffset < 0 || cellOffset >= buffer.byteLength ||
        cellOffset % 8 !== 0
      ) {
        throw new SlabError(
          `Cannot read directory record at ${start}: payload of ${payloadBytes} bytes, cell at ${cellOffset}`,
        );
      }
      const payloadStart = start + DIRECTORY_RECORD.bytes;
      this.#position = next;
      visit({
        kind: i32[at32 + toIndex32(field.kind)],
        familyId: i32[at32 + toIndex32(field.familyId)],
        cellOffset,
        created: f64[toIndex64(start) + toIndex64(field.created)],
        payload: u8.slice(payloadStart, payloadStart + payloadBytes),
      });
    }
  }
}
