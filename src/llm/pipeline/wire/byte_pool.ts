/**
 * Buffers for payloads, used again: what a stage has consumed makes room for what comes.
 *
 * @module
 */

/** Shorter ones are cheap to allocate. */
const POOLED_BYTES_MIN = 4096;
/** What lies ready at most. */
const KEPT_BYTES_MAX = 4 << 20;

/** Byte arrays whose memory is used again. Owner thread only. */
export class BytePool {
  /** By the power of two that is their size. */
  readonly #free: ArrayBuffer[][] = [];
  #keptBytes = 0;

  /** An array of so many bytes, whatever they are. */
  take(length: number): Uint8Array<ArrayBuffer> {
    if (length < POOLED_BYTES_MIN) return new Uint8Array(length);
    const power = powerOf(length);
    const kept = this.#free[power]?.pop();
    if (kept === undefined) return new Uint8Array(new ArrayBuffer(2 ** power), 0, length);
    this.#keptBytes -= kept.byteLength;
    return new Uint8Array(kept, 0, length);
  }

  /** Takes an array back of which nobody has a view any more. */
  give({ buffer }: Uint8Array<ArrayBuffer>): void {
    const bytes = buffer.byteLength;
    if (bytes < POOLED_BYTES_MIN || bytes !== 2 ** powerOf(bytes)) return;
    if (this.#keptBytes + bytes > KEPT_BYTES_MAX) return;
    this.#keptBytes += bytes;
    (this.#free[powerOf(bytes)] ??= []).push(buffer);
  }
}

function powerOf(bytes: number): number {
  return 32 - Math.clz32(bytes - 1);
}
