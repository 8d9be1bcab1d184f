/**
 * The owner's side of a slab: takes cells, appends records to the directory, beats.
 *
 * @module
 */
// CONTROL PLANE
import { COUNTER_PAGE, PAGE_BYTES } from "../layout/cell_page.ts";
import { COMMIT_BLOCK_BYTES } from "../layout/commit_block.ts";
import {
  DIRECTORY_RECORD,
  RECORD_GENERATION,
  RECORD_KIND,
  RECORD_STATE,
  RECORD_STATE_MASK,
  recordBytes,
} from "../layout/directory_record.ts";
import { roundUp, toIndex32, toIndex64 } from "../layout/layout.ts";
import { HEADER32, SLAB_STATE } from "../layout/slab_header.ts";
import { type CellArena, type CellShape, clearCell } from "./cell_shape.ts";
import { type Slab, SlabError } from "./slab.ts";

/** A series as its family announces it. */
export interface SeriesInput {
  readonly familyId: number;
  /** The label values, as `encodeLabelValues()` writes them. */
  readonly payload: Uint8Array;
  /** Whether readers hide the series until its values move. */
  readonly dormant?: boolean;
}

/** What a record says. */
interface RecordInput extends SeriesInput {
  readonly cellOffset: number;
  /** A removal's number; series take what the writer has seen. */
  readonly removalsSeen?: number;
}

/** A run of pages with room left, in bytes from the slab's start. */
interface Run {
  cursor: number;
  end: number;
}

/** A reclaimed record and its cell. */
interface FreeRecord {
  readonly start: number;
  readonly cellBytes: number;
  /** When the record may be used anew, by the writer's clock. */
  readonly freeAtMs: number;
}

/** How long a reclaimed record rests, so that no reader is still at it when it is used anew. */
const REUSE_AFTER_MS = 60_000;

/** Records of removals have sizes that are multiples of this. */
const REMOVAL_STEP_BYTES = 64;

const encoder = new TextEncoder();

/**
 * Appends to one slab. Owner thread only, and only one writer per slab: it keeps the allocation cursors.
 * Nothing here throws for lack of room; what does not fit is refused and counted by the caller.
 */
export class SlabWriter {
  readonly slab: Slab;
  /** How many removals of the log the owner has applied, or is applying; recorded with each new series. */
  removalsSeen = 0;
  /** Where threads have no common log: how many removals of any thread there were; recorded with each new series. */
  removalClock: { readonly count: number } | undefined;
  readonly #now: () => number;
  #directoryEnd: number;
  #cellsStart: number;
  #reservedBytes = 0;
  #familyCount = 0;
  readonly #runs: Record<CellArena, Run> = { counter: { cursor: 0, end: 0 }, latch: { cursor: 0, end: 0 } };
  /** Reclaimed records by family, oldest first. */
  readonly #free: Map<number, FreeRecord[]> = new Map();
  /** Where the records lie of the removals that somebody may not have acted on yet, oldest first. */
  readonly #removals: number[] = [];
  /** Where records of forgotten removals lie. */
  readonly #freeRemovals: number[] = [];
  #removalsForgotten = 0;
  /** Where the commit block lies; -1 while nobody asked for it. */
  #commitBlock32 = -1;

  /** @param now a monotonic clock in milliseconds, for the rest of reclaimed records */
  constructor(slab: Slab, now: () => number = () => performance.now()) {
    // ORDER: a guard against mistakes; a slab is handed to its owner by other means.
    if (Atomics.load(slab.i32, HEADER32.state) !== SLAB_STATE.NEW) {
      throw new SlabError(
        "Cannot write to slab: wanted one that nobody has written to, it belonged to another writer before",
      );
    }
    this.slab = slab;
    this.#now = now;
    this.#directoryEnd = slab.i32[HEADER32.directoryEnd];
    this.#cellsStart = slab.i32[HEADER32.cellsStart];
    // ORDER: tells readers that the owner is there; nothing else depends on it.
    Atomics.store(slab.i32, HEADER32.state, SLAB_STATE.LIVE);
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
    const fallbackCell = this.#takeCell(fallback, records);
    if (fallbackCell === 0) return undefined;
    const familyId = this.#familyCount;
    this.#append({ kind: RECORD_KIND.FAMILY, familyId, cellOffset: 0, payload });
    // WHY: after the record, because readers refuse a slab whose families are not numbered without a gap.
    this.#familyCount++;
    this.#reservedBytes += recordBytes(fallback.payload.length);
    return { familyId, fallbackCell };
  }

  /** Announces the fallback series of a family, in the room that was set aside for its record. */
  appendFallback(fallback: SeriesInput & { cellOffset: number }): void {
    this.#reservedBytes -= recordBytes(fallback.payload.length);
    this.#append({ kind: RECORD_KIND.SERIES, ...fallback });
    this.#countSeries(1);
  }

  /**
   * Takes a zeroed cell and announces its series; memory of removed series of the family is used first.
   *
   * @returns the cell's offset in bytes from the slab's start, or 0 if it does not fit
   */
  appendSeries(series: SeriesInput & CellShape): number {
    let cellOffset = this.#useAnew(series);
    if (cellOffset === 0) {
      cellOffset = this.#takeCell(series, recordBytes(series.payload.length));
      if (cellOffset === 0) return 0;
      this.#append({ kind: RECORD_KIND.SERIES, cellOffset, ...series });
    }
    this.#countSeries(1);
    return cellOffset;
  }

  /**
   * Announces a removal to the readers of this slab.
   *
   * @returns its number among the removals that were announced here, from 1; 0 if there was no room for it
   */
  appendRemoval(removalJson: string): number {
    const { i32 } = this.slab;
    const payload = encoder.encode(removalJson);
    const number = this.#removalsForgotten + this.#removals.length + 1;
    // WHY: in steps, so that the record of one removal fits the next.
    const bytes = roundUp(recordBytes(payload.length), REMOVAL_STEP_BYTES);
    const record = { kind: RECORD_KIND.REMOVAL, familyId: -1, cellOffset: 0, payload, removalsSeen: number };
    const found = this.#freeRemovals.findIndex((start) =>
      i32[toIndex32(start + DIRECTORY_RECORD.at.recordBytes)] >= bytes
    );
    if (found >= 0) {
      const [start] = this.#freeRemovals.splice(found, 1);
      this.#fillAnew(start, record);
      this.#removals.push(start);
    } else {
      if (!this.#hasRoom(bytes)) return 0;
      this.#removals.push(this.#directoryEnd);
      this.#append(record, bytes);
    }
    return number;
  }

  /**
   * Gives back the records of removals that all whom they concern have acted on.
   *
   * @param upTo the number of the last of them
   */
  forgetRemovals(upTo: number): void {
    const { i32 } = this.slab;
    const count = Math.min(upTo - this.#removalsForgotten, this.#removals.length);
    if (count <= 0) return;
    // ORDER: before the states, so that no reader waits for a removal that is not there any more.
    Atomics.store(i32, HEADER32.removalsForgotten, this.#removalsForgotten += count);
    for (const start of this.#removals.splice(0, count)) {
      this.#markReclaimed(start);
      this.#freeRemovals.push(start);
    }
    // ORDER: after the states, so that a reader that sees the revision sees them (litmus: record reuse); and before the
    // records are filled anew, so that a reader whose copy is mixed finds out (litmus: removal log).
    Atomics.add(i32, HEADER32.revision, 1);
  }

  /** Declares a series removed and its cell dead. The memory is used anew after a rest. */
  reclaim(record: { start: number; familyId: number; cellBytes: number }): void {
    this.#markReclaimed(record.start);
    // ORDER: after the state, so that a reader that sees the revision sees the state (litmus: record reuse).
    Atomics.add(this.slab.i32, HEADER32.revision, 1);
    const free = this.#free.get(record.familyId) ?? [];
    free.push({ start: record.start, cellBytes: record.cellBytes, freeAtMs: this.#now() + REUSE_AFTER_MS });
    this.#free.set(record.familyId, free);
    this.#countSeries(-1);
  }

  /**
   * Declares a series, whose record and cell stay, one that was made after the removals that the owner has seen. WHY
   * without a rest: all but its age is as it was, so that a reader's copy cannot be a mixture of two series.
   */
  renew(start: number, series: SeriesInput & { cellOffset: number }): void {
    this.#fillAnew(start, series);
  }

  #markReclaimed(start: number): void {
    const { i32 } = this.slab;
    const state32 = toIndex32(start + DIRECTORY_RECORD.at.state);
    // ORDER: the record's own words stay as they are until it has rested (litmus: record reuse).
    Atomics.store(i32, state32, (i32[state32] & ~RECORD_STATE_MASK) | RECORD_STATE.RECLAIMED);
  }

  /** Tells readers that the owner has applied {@linkcode SlabWriter.removalsSeen} removals. */
  publishRemovalsSeen(): void {
    // ORDER: after the records that the removals reclaimed; a reader that sees it forgets them (litmus: record reuse).
    Atomics.store(this.slab.i32, HEADER32.removalsSeen, this.removalsSeen);
  }

  /**
   * Takes the memory in which this slab's commits are noted, once.
   *
   * @returns where it lies, as an element of the slab's Int32Array; 0 if there is no room, which is counted once
   */
  commitBlock(): number {
    if (this.#commitBlock32 < 0) {
      if (this.#hasRoom(COMMIT_BLOCK_BYTES)) {
        this.#takePages(COMMIT_BLOCK_BYTES);
        // ORDER: after the block is in its first state, which is zero; pairs with commitBlock32() (litmus: commit).
        Atomics.store(this.slab.i32, HEADER32.commits, this.#cellsStart);
        this.#commitBlock32 = toIndex32(this.#cellsStart);
      } else {
        this.countDroppedFamily();
        this.#commitBlock32 = 0;
      }
    }
    return this.#commitBlock32;
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

  #countSeries(difference: number): void {
    // ORDER: a statistic with one writer; it may be seen before or after the record.
    Atomics.store(this.slab.i32, HEADER32.seriesCount, this.slab.i32[HEADER32.seriesCount] + difference);
  }

  #hasRoom(bytes: number): boolean {
    return this.#directoryEnd + bytes + this.#reservedBytes <= this.#cellsStart;
  }

  #takeCell({ arena, cellBytes }: CellShape, recordSize: number): number {
    const run = this.#runs[arena];
    if (run.cursor + cellBytes <= run.end) {
      if (!this.#hasRoom(recordSize)) return 0;
    } else {
      const head = arena === "counter" ? COUNTER_PAGE.bytes : 0;
      const runBytes = roundUp(head + cellBytes, PAGE_BYTES);
      if (!this.#hasRoom(recordSize + runBytes)) return 0;
      this.#takePages(runBytes);
      run.cursor = this.#cellsStart + head;
      run.end = this.#cellsStart + runBytes;
    }
    const offset = run.cursor;
    run.cursor += cellBytes;
    return offset;
  }

  #takePages(bytes: number): void {
    this.#cellsStart -= bytes;
    // ORDER: a statistic and a bound for readers' checks; what points into the pages is published later.
    Atomics.store(this.slab.i32, HEADER32.cellsStart, this.#cellsStart);
  }

  /** Fills a record that has rested, if one is large enough. Returns its cell's offset, or 0. */
  #useAnew(series: SeriesInput & CellShape): number {
    const free = this.#free.get(series.familyId);
    if (free === undefined) return 0;
    const { i32 } = this.slab;
    const wanted = recordBytes(series.payload.length);
    const now = this.#now();
    const found = free.findIndex(({ start, cellBytes, freeAtMs }) =>
      freeAtMs <= now && cellBytes === series.cellBytes &&
      i32[toIndex32(start + DIRECTORY_RECORD.at.recordBytes)] >= wanted
    );
    if (found < 0) return 0;
    const [{ start }] = free.splice(found, 1);
    const cellOffset = i32[toIndex32(start + DIRECTORY_RECORD.at.cellOffset)];
    clearCell(this.slab, cellOffset, series);
    this.#fillAnew(start, { cellOffset, ...series });
    return cellOffset;
  }

  #fillAnew(start: number, record: RecordInput): void {
    const { i32 } = this.slab;
    const generation = i32[toIndex32(start + DIRECTORY_RECORD.at.state)] & ~RECORD_STATE_MASK;
    this.#fill(start, record, generation + RECORD_GENERATION);
    // ORDER: after the state, so that a reader that sees the revision sees the state (litmus: record reuse).
    Atomics.add(i32, HEADER32.revision, 1);
  }

  #append(record: RecordInput & { kind: number }, bytes = recordBytes(record.payload.length)): void {
    const { i32 } = this.slab;
    const start = this.#directoryEnd;
    const field = DIRECTORY_RECORD.at;
    i32[toIndex32(start + field.kind)] = record.kind;
    i32[toIndex32(start + field.familyId)] = record.familyId;
    i32[toIndex32(start + field.recordBytes)] = bytes;
    this.#fill(start, record, 0);
    // ORDER: after the record's plain stores; pairs with the load in DirectoryReader (litmus: directory publication).
    Atomics.store(i32, HEADER32.directoryEnd, start + bytes);
    // WHY: last, so that whatever fails before leaves no hole and no half record.
    this.#directoryEnd = start + bytes;
  }

  #fill(start: number, record: RecordInput, generation: number): void {
    const { i32, f64, u8 } = this.slab;
    const field = DIRECTORY_RECORD.at;
    i32[toIndex32(start + field.cellOffset)] = record.cellOffset;
    i32[toIndex32(start + field.payloadBytes)] = record.payload.length;
    i32[toIndex32(start + field.removalsSeen)] = record.removalsSeen ?? this.removalClock?.count ??
      this.removalsSeen;
    f64[toIndex64(start + field.created)] = Date.now() / 1000;
    u8.set(record.payload, start + DIRECTORY_RECORD.bytes);
    const state = record.dormant ? RECORD_STATE.DORMANT : RECORD_STATE.ALLOCATED;
    // ORDER: after the record's plain stores; pairs with the loads in DirectoryReader (litmus: record reuse).
    Atomics.store(i32, toIndex32(start + field.state), generation + state);
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

/**
 * How many of the removals that a slab announced are forgotten. Any thread, after it has copied what it found of them:
 * a copy of a later one is whole if its record's state is still the one in which it was read.
 */
export function removalsForgotten({ i32 }: Slab): number {
  // ORDER: a read-modify-write: copies that were made before it have nothing that was filled in after the owner's own
  // (litmus: removal log).
  Atomics.add(i32, HEADER32.revision, 0);
  // ORDER: after it, so that what was forgotten before the owner's is seen (litmus: removal log).
  return Atomics.load(i32, HEADER32.removalsForgotten);
}

/** Sees what the owner stored before its last {@linkcode publish}. Any thread; first step of every read. */
export function acquire(slab: Slab): void {
  // ORDER: before the plain loads; pairs with publish() (litmus: publication).
  Atomics.add(slab.i32, HEADER32.published, 0);
}
