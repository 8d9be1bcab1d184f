/**
 * Reads the directory of a slab: what is new in it, and which of its records were reclaimed or used anew.
 *
 * @module
 */
// CONTROL PLANE
import {
  DIRECTORY_RECORD,
  RECORD_KIND,
  RECORD_STATE,
  RECORD_STATE_MASK,
  recordBytes,
} from "../layout/directory_record.ts";
import { toIndex32, toIndex64 } from "../layout/layout.ts";
import { DIRECTORY_START, HEADER32 } from "../layout/slab_header.ts";
import { type Slab, SlabError } from "./slab.ts";

export { RECORD_KIND };

/** A directory record as a reader finds it. */
export interface DirectoryRecord {
  /** Position among the slab's records, from 0; a record that is used anew keeps it. */
  readonly ordinal: number;
  /** Bytes from the slab's start to the record. */
  readonly start: number;
  /** The state word, generation included, in which the record was read. */
  readonly state: number;
  readonly kind: number;
  readonly familyId: number;
  /** Bytes from the slab's start to the series' cell. */
  readonly cellOffset: number;
  /** Whether the series is hidden until its values move. */
  readonly dormant: boolean;
  /** Whether the series was removed, so that its cell is dead. */
  readonly reclaimed: boolean;
  /** How many removals of the log the owner had applied before it made the series; of a removal, its number. */
  readonly removalsSeen: number;
  /** Seconds since the Unix epoch. */
  readonly created: number;
  /** A copy of the payload. */
  readonly payload: Uint8Array;
}

const field32 = {
  kind: toIndex32(DIRECTORY_RECORD.at.kind),
  familyId: toIndex32(DIRECTORY_RECORD.at.familyId),
  recordBytes: toIndex32(DIRECTORY_RECORD.at.recordBytes),
  state: toIndex32(DIRECTORY_RECORD.at.state),
  cellOffset: toIndex32(DIRECTORY_RECORD.at.cellOffset),
  payloadBytes: toIndex32(DIRECTORY_RECORD.at.payloadBytes),
  removalsSeen: toIndex32(DIRECTORY_RECORD.at.removalsSeen),
};

/** Whether a record is still what it was when it was read: neither reclaimed nor used anew since. Any thread. */
export function isUnchanged(slab: Slab, { start, state }: Pick<DirectoryRecord, "start" | "state">): boolean {
  // ORDER: after the copy and removalsForgotten(); pairs with the states of forgetRemovals() (litmus: removal log).
  return Atomics.load(slab.i32, toIndex32(start) + field32.state) === state;
}

/** What the owner needs to know of a series before it removes it. Owner thread only. */
export function seriesRecordAt(
  { i32 }: Slab,
  start: number,
): Pick<DirectoryRecord, "cellOffset" | "dormant" | "removalsSeen"> {
  const at32 = toIndex32(start);
  return {
    cellOffset: i32[at32 + field32.cellOffset],
    dormant: isDormant(i32[at32 + field32.state]),
    removalsSeen: i32[at32 + field32.removalsSeen],
  };
}

function isDormant(state: number): boolean {
  return (state & RECORD_STATE_MASK) === RECORD_STATE.DORMANT;
}

/** Parses each record of a slab once, and again when it was reclaimed or used anew. Any thread; one per reader. */
export class DirectoryReader {
  readonly #slab: Slab;
  #position = DIRECTORY_START;
  #count = 0;
  #revision = 0;
  /** The state in which each record was parsed. */
  #states: Int32Array = new Int32Array(64);

  constructor(slab: Slab) {
    this.#slab = slab;
  }

  /**
   * Hands over the records that are new, reclaimed or used anew since the last call.
   *
   * @param newMax the most new records; the next call goes on behind them
   * @returns whether no new record is left
   * @throws {SlabError} If the directory is damaged; the records before the damage were handed over
   */
  read(visit: (record: DirectoryRecord) => void, newMax = Infinity): boolean {
    const { i32, u8 } = this.#slab;
    // ORDER: before the states are loaded; pairs with the add after a record's state (litmus: record reuse).
    const revision = Atomics.load(i32, HEADER32.revision);
    if (revision !== this.#revision) {
      this.#revision = revision;
      this.#revisit(visit);
    }
    // ORDER: before the records' plain loads; pairs with the store in SlabWriter (litmus: directory publication).
    const end = Atomics.load(i32, HEADER32.directoryEnd);
    if (end === this.#position) return true;
    if (end < this.#position || end > u8.length || end % 8 !== 0) {
      throw new SlabError(`Cannot read directory: it ends at ${end}, read up to ${this.#position}`);
    }
    for (let left = newMax; this.#position < end && left > 0; left--) {
      const start = this.#position;
      const state = Atomics.load(i32, toIndex32(start) + field32.state);
      const record = this.#parse({ start, end, ordinal: this.#count, state });
      if (this.#count === this.#states.length) {
        const states = new Int32Array(2 * this.#count);
        states.set(this.#states);
        this.#states = states;
      }
      this.#states[this.#count++] = state;
      this.#position = start + i32[toIndex32(start) + field32.recordBytes];
      visit(record);
    }
    return this.#position === end;
  }

  /** Looks for records whose state has changed since they were parsed. */
  #revisit(visit: (record: DirectoryRecord) => void): void {
    const { i32 } = this.#slab;
    let start = DIRECTORY_START;
    for (let ordinal = 0; ordinal < this.#count; ordinal++) {
      // ORDER: before the record's plain loads; pairs with the store of the state (litmus: record reuse).
      const state = Atomics.load(i32, toIndex32(start) + field32.state);
      if (state !== this.#states[ordinal]) {
        this.#states[ordinal] = state;
        visit(this.#parse({ start, end: this.#position, ordinal, state }));
      }
      start += i32[toIndex32(start) + field32.recordBytes];
    }
  }

  #parse(at: { start: number; end: number; ordinal: number; state: number }): DirectoryRecord {
    const { i32, f64, u8 } = this.#slab;
    const { start, end, ordinal, state } = at;
    const at32 = toIndex32(start);
    const bytes = i32[at32 + field32.recordBytes];
    const payloadBytes = i32[at32 + field32.payloadBytes];
    const cellOffset = i32[at32 + field32.cellOffset];
    const recordFits = bytes % 8 === 0 && payloadBytes >= 0 && recordBytes(payloadBytes) <= bytes &&
      start + bytes <= end;
    if (!recordFits || cellOffset < 0 || cellOffset >= u8.length || cellOffset % 8 !== 0) {
      throw new SlabError(
        `Cannot read directory record at ${start}: ${bytes} bytes, payload of ${payloadBytes} bytes, cell at ${cellOffset}`,
      );
    }
    const payloadStart = start + DIRECTORY_RECORD.bytes;
    return {
      ordinal,
      start,
      state,
      kind: i32[at32 + field32.kind],
      familyId: i32[at32 + field32.familyId],
      cellOffset,
      dormant: isDormant(state),
      reclaimed: (state & RECORD_STATE_MASK) === RECORD_STATE.RECLAIMED,
      removalsSeen: i32[at32 + field32.removalsSeen],
      created: f64[toIndex64(start + DIRECTORY_RECORD.at.created)],
      payload: u8.slice(payloadStart, payloadStart + payloadBytes),
    };
  }
}
