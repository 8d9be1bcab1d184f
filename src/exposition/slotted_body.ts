/**
 * A run of bytes with places in it that change.
 *
 * ```text
 * bytes   requests_total{route="/"} 41\nrequests_total{route="/x"} 99\nrequests_total{route="/y"} 7\n
 *                                   ^^ slot 0                      ^^ slot 1                    ^ slot 2
 * next    requests_total{route="/"} 42\nrequests_total{route="/x"} 100\nrequests_total{route="/y"} 7\n
 *         ------------------------ stays ------------------------>   |<-------- one run moves -------->
 * ```
 *
 * The next bytes are the last ones with the slots overwritten, in place if nobody reads the last ones any more, in a
 * copy of them otherwise. Something has to move only behind a slot whose length changes, which for counters that count
 * in integers is rare.
 *
 * @module
 */
// CONTROL PLANE
import { ByteWriter } from "./byte_writer.ts";

/** How many bytes a body may grow before it needs a larger buffer: a fixed part, and one for each slot. */
const SPARE_BYTES = 256;

/** What slots show from now on, in ascending order of the slots. One thread; used again for body after body. */
export class SlotChanges {
  /** Takes what a slot shows; then {@linkcode add} says which slot. */
  readonly writer: ByteWriter = new ByteWriter(1 << 16);
  /** The slots, and where in the writer's bytes each one's end. */
  slots: Uint32Array = new Uint32Array(1024);
  ends: Uint32Array = new Uint32Array(1024);
  count = 0;
  /** Scratch of {@linkcode SlottedBody}: the slots whose length changes, and by how much all behind them moves. */
  moved: Uint32Array = new Uint32Array(1024);
  shifts: Int32Array = new Int32Array(1024);

  /** Begins anew, with room for the given number of slots. */
  clear(slotCount: number): void {
    this.writer.length = 0;
    this.count = 0;
    if (this.slots.length >= slotCount) return;
    this.slots = new Uint32Array(slotCount);
    this.ends = new Uint32Array(slotCount);
    this.moved = new Uint32Array(slotCount);
    this.shifts = new Int32Array(slotCount);
  }

  /** Says that what was written since the last call belongs to a slot. */
  add(slot: number): void {
    this.slots[this.count] = slot;
    this.ends[this.count++] = this.writer.length;
  }
}

/** Bytes that stay as they are until the borrower is done with them. */
export interface LentBytes {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Says that the bytes are not read any more: their memory may be used for others. Once is enough. */
  release(): void;
}

/** Memory for a body, and how many borrowers read it. */
class BodyBuffer {
  readonly memory: Uint8Array<ArrayBuffer>;
  borrowerCount = 0;

  constructor(memory: Uint8Array<ArrayBuffer>) {
    this.memory = memory;
  }
}

/** A body and its slots. One thread. */
export class SlottedBody {
  /** The body: a new object whenever its content is new. */
  #bytes: Uint8Array<ArrayBuffer>;
  #length: number;
  /** The body with spare room behind it. */
  #buffer: BodyBuffer;
  /** Where each slot ends, and how many bytes it has. */
  readonly #slotEnds: Int32Array;
  readonly #slotBytes: Uint32Array;

  /**
   * @param bytes the body with empty slots; the body keeps the array
   * @param slotOffsets where they are, ascending; the body keeps the array
   */
  constructor(bytes: Uint8Array<ArrayBuffer>, slotOffsets: Int32Array) {
    this.#bytes = bytes;
    this.#length = bytes.length;
    this.#buffer = new BodyBuffer(bytes);
    this.#slotEnds = slotOffsets;
    this.#slotBytes = new Uint32Array(slotOffsets.length);
  }

  /** Lends the body. While nothing changes, the bytes are the same object each time. */
  lend(): LentBytes {
    const buffer = this.#buffer;
    let isLent = true;
    buffer.borrowerCount++;
    return {
      bytes: this.#bytes,
      release() {
        if (isLent) buffer.borrowerCount--;
        isLent = false;
      },
    };
  }

  get slotCount(): number {
    return this.#slotEnds.length;
  }

  /** Whether somebody transferred the bytes away, which those who got them must not, but may. */
  get isDetached(): boolean {
    return this.#bytes.length !== this.#length;
  }

  /** Whether a slot shows these bytes. */
  shows(slot: number, bytes: Uint8Array): boolean {
    if (this.#slotBytes[slot] !== bytes.length) return false;
    const start = this.#slotEnds[slot] - bytes.length;
    return bytes.every((byte, i) => byte === this.#bytes[start + i]);
  }

  /** Makes the next body. */
  replace(changes: SlotChanges): void {
    const movedCount = this.#findMoved(changes);
    const growth = movedCount === 0 ? 0 : changes.shifts[movedCount - 1];
    const length = this.#length + growth;
    this.#makeWritable(length);
    const { memory } = this.#buffer;
    if (movedCount > 0) {
      this.#moveRuns(memory, changes, movedCount);
      this.#moveSlots(changes, movedCount);
    }
    this.#paste(memory, changes);
    this.#length = length;
    this.#bytes = memory.subarray(0, length);
  }

  /** Puts the body into memory that nobody else reads, with room for the given length. */
  #makeWritable(length: number): void {
    const { memory, borrowerCount } = this.#buffer;
    if (length > memory.length) {
      const byteCount = length + SPARE_BYTES + this.slotCount;
      this.#buffer = new BodyBuffer(
        borrowerCount > 0 ? copied(this.#bytes, byteCount) : moved(memory, byteCount),
      );
    } else if (borrowerCount > 0) {
      this.#buffer = new BodyBuffer(memory.slice());
    }
  }

  /** Lists the slots whose length changes, with the sum of all changes up to each. */
  #findMoved(changes: SlotChanges): number {
    const { slots, ends, count, moved, shifts } = changes;
    const slotBytes = this.#slotBytes;
    let movedCount = 0;
    let shift = 0;
    for (let i = 0, start = 0; i < count; start = ends[i++]) {
      const difference = ends[i] - start - slotBytes[slots[i]];
      if (difference === 0) continue;
      shift += difference;
      moved[movedCount] = slots[i];
      shifts[movedCount++] = shift;
    }
    return movedCount;
  }

  /**
   * Moves what lies behind each slot whose length changes, up to the next such slot.
   *
   * No run may be overwritten before it has moved. Runs keep their order and do not overlap at the end, so a run
   * that moves right can only meet runs behind it that move right too: they go from the last to the first.
   * Likewise those that move left go from the first to the last.
   */
  #moveRuns(buffer: Uint8Array<ArrayBuffer>, { moved, shifts }: SlotChanges, movedCount: number): void {
    const slotEnds = this.#slotEnds;
    const slotBytes = this.#slotBytes;
    const length = this.#length;
    for (let i = movedCount - 1, runEnd = length; i >= 0; i--) {
      const start = slotEnds[moved[i]];
      if (shifts[i] > 0) buffer.copyWithin(start + shifts[i], start, runEnd);
      runEnd = start - slotBytes[moved[i]];
    }
    for (let i = 0; i < movedCount; i++) {
      if (shifts[i] >= 0) continue;
      const start = slotEnds[moved[i]];
      const runEnd = i + 1 < movedCount ? slotEnds[moved[i + 1]] - slotBytes[moved[i + 1]] : length;
      buffer.copyWithin(start + shifts[i], start, runEnd);
    }
  }

  /** Brings the table of slots in line with the moved runs. */
  #moveSlots({ moved, shifts }: SlotChanges, movedCount: number): void {
    const slotEnds = this.#slotEnds;
    for (let i = 0, before = 0; i < movedCount; before = shifts[i++]) {
      const end = i + 1 < movedCount ? moved[i + 1] : slotEnds.length;
      this.#slotBytes[moved[i]] += shifts[i] - before;
      for (let slot = moved[i]; slot < end; slot++) slotEnds[slot] += shifts[i];
    }
  }

  /** Writes the changed slots over the old ones, which have the right length by now. */
  #paste(buffer: Uint8Array<ArrayBuffer>, { slots, ends, count, writer }: SlotChanges): void {
    const slotEnds = this.#slotEnds;
    const fresh = writer.bytes;
    for (let i = 0, from = 0; i < count; i++) {
      const end = ends[i];
      for (let at = slotEnds[slots[i]] - (end - from); from < end;) buffer[at++] = fresh[from++];
    }
  }
}

/** The same bytes in larger memory. */
function copied(bytes: Uint8Array, byteCount: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(byteCount);
  larger.set(bytes);
  return larger;
}

/**
 * The same bytes in larger memory; theirs is given back. They must not be read any more.
 *
 * WHY not left to the garbage collector: bodies are old, so they would stay until it goes through all of the heap. Where
 * all of a million counters get a digit more, that is a second body.
 */
function moved(bytes: Uint8Array<ArrayBuffer>, byteCount: number): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  // WHY the check: Node 20 has no such method.
  if (buffer.transfer === undefined || bytes.length < buffer.byteLength) return copied(bytes, byteCount);
  return new Uint8Array(buffer.transfer(byteCount));
}
