/**
 * A growing run of bytes.
 *
 * @module
 */
// CONTROL PLANE

const encoder = new TextEncoder();

/**
 * Bytes that are written one after the other, in memory that grows as needed.
 * One thread; between `reserve(n)` and the end of what was reserved a writer may store into `bytes` directly.
 */
export class ByteWriter {
  /** The memory; what lies at and after `length` has no meaning. */
  bytes: Uint8Array<ArrayBuffer>;
  /** How many bytes have been written. */
  length = 0;

  /** @param capacityBytes how many bytes fit before the memory has to grow */
  constructor(capacityBytes = 4096) {
    this.bytes = new Uint8Array(capacityBytes);
  }

  /** Makes room for `byteCount` more bytes. */
  reserve(byteCount: number): void {
    const needed = this.length + byteCount;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  /** Appends one byte. */
  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** Appends bytes. */
  append(source: Uint8Array): void {
    this.reserve(source.length);
    this.bytes.set(source, this.length);
    this.length += source.length;
  }

  /** Appends a string in UTF-8. */
  text(source: string): void {
    if (source === "") return;
    // WHY: a UTF-16 code unit takes at most three bytes in UTF-8.
    this.reserve(source.length * 3);
    this.length += encoder.encodeInto(source, this.bytes.subarray(this.length)).written;
  }

  /** A copy of what has been written, of exactly that size. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.length);
  }
}
