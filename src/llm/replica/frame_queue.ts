/**
 * A ring's writing end that never loses a frame: what finds no room waits here, in order.
 *
 * @module
 */
import { FrameWriter } from "../../slab/frame_ring.ts";

/** A frame can never be sent: it is longer than the ring. */
export class FrameTooLongError extends RangeError {
  override readonly name = "FrameTooLongError";
}

/** Writes frames, now or when there is room. Owner thread only. */
export class FrameQueue {
  readonly #writer: FrameWriter;
  #pending: Int32Array[] = [];

  constructor(buffer: SharedArrayBuffer) {
    this.#writer = new FrameWriter(buffer);
  }

  /** Frames that wait for room. */
  get pendingCount(): number {
    return this.#pending.length;
  }

  /**
   * Writes the first `length` words of a frame, which the caller may use again.
   *
   * @throws {FrameTooLongError} If it would not fit into an empty ring; nothing waits then that did not before
   */
  push(frame: Int32Array, length = frame.length): void {
    const { lengthMax } = this.#writer;
    if (length > lengthMax) {
      throw new FrameTooLongError(`Cannot send frame of ${length} words: the ring holds ${lengthMax}`);
    }
    if (this.#pending.length === 0 && this.#writer.write(frame, length)) return;
    this.#pending.push(frame.slice(0, length));
  }

  /** Writes what has waited, as far as there is room; returns whether anything was written. */
  flush(): boolean {
    let done = 0;
    while (done < this.#pending.length && this.#writer.write(this.#pending[done])) done++;
    if (done > 0) this.#pending = this.#pending.slice(done);
    return done > 0;
  }
}
