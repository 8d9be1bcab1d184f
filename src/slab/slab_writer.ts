/**
 * The owner's side of a slab: takes cells, appends records to the directory, beats.
 *
 * @module
 */
// CONTROL PLANE
import { COUNTER_PAGE, PAGE_BYTES } from "../layout/cell_page.ts";
import { DIRECTORY_RECORD, RECORD_KIND, recordBytes } from "../layout/directory_record.ts";
import { roundUp, toIndex32, toIndex64 } from "../layout/layout.ts";
import { HEADER32, SLAB_STATE } from "../layout/slab_header.ts";
import type { CellArena, CellShape } from "./cell_shape.ts";
import type { Slab } from "./slab.ts";

/** A directory record as its writer hands it over. */
export interface RecordInput {
  readonly kind: number;
  readonly familyId: number;
  /** Bytes from the slab's start; 0 where the record has no cell. */
  readonly cellOffset: number;
  /** Seconds since the Unix epoch. */
  readonly created: number;
  readonly payload: Uint8Array;
}

/** A run of pages with room left, in bytes from the slab's start. */
interface Run {
  cursor: number;
  end: number;
}

const encoder = new TextEncoder();

/**
 * Appends to one slab. Owner thread only, and only one writer per slab: it keeps the allocation cursors.
 * Nothing here throws for lack of room; what does not fit is refused and counted by the caller.
 */
export class SlabWriter {
  readonly slab: Slab;
  #directoryEnd: number;
  #cellsStart: number;
  #reservedBytes = 0;
  #familyCount = 0;
  readonly #runs: Record<CellArena, Run> = { counter: { cursor: 0, end: 0 }, latch: { cursor: 0, end: 0 } };

  constructor(slab: Slab) {
    this.slab = slab;
    this.#directoryEnd = slab.i32[HEADER32.directoryEnd];
    this.#cellsStart = slab.i32[HEADER32.cellsStart];
    // ORDER: tells readers that the owner is there; nothing else depends on it.
    Atomics.store(slab.i32, HEADER32.state, SLAB_STATE.LIVE);
  }

  /** Bytes of the slab in use, header and reservations included. */
  get usedBytes(): number {
    return this.#directoryEnd + (this.slab.buffer.byteLength - this.#cellsStart) + this.#reservedBytes;
  }

  /**
   * Announces a family and takes what its fallback series needs, so that falling back never needs room.
   *
   * @param descriptorJson the family's descriptor
   * @param fallback cell and record of the series that is used when no other fits
   * @returns the family's number in this slab and the fallback's cell, or `undefined` if they do not fit
   */
  appendFamily(
    descriptorJson: string,
    fallback: CellShape & { payload: Uint8Array },
  ): { familyId: number; fallbackCell: number } | undefined {
    const payload = encoder.encode(descriptorJson);
    const records = recordBytes(payload.length) + recordBytes(fallback.payload.length);
    const fallbackCell = this.#takeCell(fallback.arena, fallback.cellBytes, records);
    if (fallbackCell === 0) return undefined;
    const familyId = this.#familyCount++;
    this.#append({ kind: RECORD_KIND.FAMILY, familyId, cellOffset: 0, created: Date.now() / 1000, payload });
    this.#reservedBytes += recordBytes(fallback.payload.length);
    return { familyId, fallbackCell };
  }

  /** Announces the fallback series of a family, in the room that was set aside for its record. */
  appendFallback(fallback: { familyId: number; cellOffset: number; payload: Uint8Array }): void {
    this.#reservedBytes -= recordBytes(fallback.payload.length);
    this.#appendSeries(fallback);
  }

  /**
   * Takes a zeroed cell and announces its series.
   *
   * @returns the cell's offset in bytes from the slab's start, or 0 if it does not fit
   */
  appendSeries(
    series: CellShape & { familyId: number; payload: Uint8Array },
  ): number {
    const { familyId, arena, cellBytes, payload } = series;
    const cellOffset = this.#takeCell(arena, cellBytes, recordBytes(payload.length));
    if (cellOffset !== 0) this.#appendSeries({ familyId, cellOffset, payload });
    return cellOffset;
  }

  #appendSeries(series: { familyId: number; cellOffset: number; payload: Uint8Array }): void {
    this.#append({ kind: RECORD_KIND.SERIES, created: Date.now() / 1000, ...series });
    // ORDER: a statistic; it may be seen before or after the record.
    Atomics.store(this.slab.i32, HEADER32.seriesCount, this.slab.i32[HEADER32.seriesCount] + 1);
  }

  /** Counts a label set that went to an overflow series. */
  countDroppedSeries(): void {
    // ORDER: a statistic with one writer; nothing depends on it.
    Atomics.store(this.slab.i32, HEADER32.droppedSeries, this.slab.i32[HEADER32.droppedSeries] + 1);
  }

  /** Counts a family that found no room. */
  countDroppedFamily(): void {
    // ORDER: a statistic with one writer; nothing depends on it.
    Atomics.store(this.slab.i32, HEADER32.droppedFamilies, this.slab.i32[HEADER32.droppedFamilies] + 1);
  }

  /** Shows that the owner is alive and makes its plain stores visible. Returns whether the slab is fenced. */
  beat(): boolean {
    const { i32 } = this.slab;
    // ORDER: a read-modify-write that readers pair with, see publish().
    Atomics.add(i32, HEADER32.beat, 1);
    publish(this.slab);
    // ORDER: advice from the supervisor; nothing depends on when it is seen.
    return Atomics.load(i32, HEADER32.fence) !== 0;
  }

  /** Says that the owner will not write any more. */
  close(): void {
    publish(this.slab);
    // ORDER: the owner's last store; a reader that sees it sees every value (litmus: publication).
    Atomics.store(this.slab.i32, HEADER32.state, SLAB_STATE.CLOSED);
  }

  #hasRoom(bytes: number): boolean {
    return this.#directoryEnd + bytes + this.#reservedBytes <= this.#cellsStart;
  }

  #takeCell(arena: CellArena, cellBytes: number, recordSize: number): number {
    const run = this.#runs[arena];
    if (run.cursor + cellBytes <= run.end) {
      if (!this.#hasRoom(recordSize)) return 0;
    } else {
      const head = arena === "counter" ? COUNTER_PAGE.bytes : 0;
      const runBytes = roundUp(head + cellBytes, PAGE_BYTES);
      if (!this.#hasRoom(recordSize + runBytes)) return 0;
      this.#cellsStart -= runBytes;
      run.cursor = this.#cellsStart + head;
      run.end = this.#cellsStart + runBytes;
      // ORDER: a statistic and a bound for readers' checks; records that point into the page are published later.
      Atomics.store(this.slab.i32, HEADER32.cellsStart, this.#cellsStart);
    }
    const offset = run.cursor;
    run.cursor += cellBytes;
    return offset;
  }

  #append(record: RecordInput): void {
    const { slab } = this;
    const start = this.#directoryEnd;
    const at32 = toIndex32(start);
    const field = DIRECTORY_RECORD.at;
    slab.i32[at32 + toIndex32(field.kind)] = record.kind;
    slab.i32[at32 + toIndex32(field.familyId)] = record.familyId;
    slab.i32[at32 + toIndex32(field.cellOffset)] = record.cellOffset;
    slab.i32[at32 + toIndex32(field.payloadBytes)] = record.payload.length;
    slab.f64[toIndex64(start) + toIndex64(field.created)] = record.created;
    slab.u8.set(record.payload, start + DIRECTORY_RECORD.bytes);
    this.#directoryEnd = start + recordBytes(record.payload.length);
    // ORDER: after the record's plain stores; pairs with the load in readDirectory() (litmus: directory publication).
    Atomics.store(slab.i32, HEADER32.directoryEnd, this.#directoryEnd);
  }
}

/**
 * Makes the owner's plain stores of counters visible to the next reader. Owner thread only; at the end of a request
 * and at each heartbeat. About 10 ns in V8.
 */
export function publish(slab: Slab): void {
  // ORDER: after the plain stores; pairs with the add of 0 in acquire() (litmus: publication).
  Atomics.add(slab.i32, HEADER32.published, 1);
}

/** Sees what the owner stored before its last {@linkcode publish}. Any thread; first step of every read. */
export function acquire(slab: Slab): void {
  // ORDER: before the plain loads; pairs with publish() (litmus: publication).
  Atomics.add(slab.i32, HEADER32.published, 0);
}
