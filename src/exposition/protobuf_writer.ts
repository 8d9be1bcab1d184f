/**
 * Protocol Buffers' wire format, as far as the metrics' messages need it.
 *
 * @module
 */
// CONTROL PLANE
import { ByteWriter } from "./byte_writer.ts";

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;

/** The most bytes that a varint of 64 bits takes. */
const VARINT_BYTES_MAX = 10;

/** Writes fields of messages behind what a {@linkcode ByteWriter} holds. Fields below 2048. One thread. */
export class ProtobufWriter {
  #writer: ByteWriter;

  /** @param writer where the bytes go */
  constructor(writer: ByteWriter = new ByteWriter(256)) {
    this.#writer = writer;
  }

  /** Goes on in other bytes. */
  target(writer: ByteWriter): this {
    this.#writer = writer;
    return this;
  }

  /** Where the bytes go. */
  get bytes(): ByteWriter {
    return this.#writer;
  }

  /** A `uint64`, or an `int64` or enum that is not negative: an integer of at most 2^64. */
  uint(field: number, value: number): void {
    this.#tag(field, VARINT);
    this.varint(value);
  }

  /** A `sint32` or `sint64`, from -2^53 to 2^53. */
  sint(field: number, value: number): void {
    this.#tag(field, VARINT);
    // The sign is the lowest bit. WHY: twice the value may not be a safe integer, so the sign and the lowest
    // six bits go out first.
    const sign = value < 0 ? 1 : 0;
    const magnitude = value < 0 ? -value - 1 : value;
    const rest = Math.floor(magnitude / 0x40);
    const low = (magnitude - rest * 0x40) * 2 + sign;
    if (rest === 0) return this.#writer.byte(low);
    this.#writer.byte(low | 0x80);
    this.varint(rest);
  }

  /** A `double`. */
  double(field: number, value: number): void {
    this.#tag(field, FIXED64);
    this.fixed64(value);
  }

  /** A `string`. */
  string(field: number, value: string): void {
    const start = this.begin(field);
    this.#writer.text(value);
    this.end(start);
  }

  /** Begins a message in a field. Returns what `end()` needs. */
  begin(field: number): number {
    this.#tag(field, LENGTH_DELIMITED);
    this.#writer.byte(0);
    return this.#writer.length;
  }

  /** Ends the message: its length goes before it, where room was left for lengths below 128. */
  end(start: number): void {
    const writer = this.#writer;
    const byteCount = writer.length - start;
    if (byteCount < 0x80) {
      writer.bytes[start - 1] = byteCount;
      return;
    }
    const lengthBytes = varintBytes(byteCount);
    writer.reserve(lengthBytes);
    writer.bytes.copyWithin(start + lengthBytes - 1, start, writer.length);
    writer.length = start - 1;
    this.varint(byteCount);
    writer.length += byteCount;
  }

  /** A bare varint. */
  varint(value: number): void {
    const writer = this.#writer;
    writer.reserve(VARINT_BYTES_MAX);
    // WHY: bitwise operators see 32 bits only, and counts go beyond.
    while (value >= 0x80) {
      const rest = Math.floor(value / 0x80);
      writer.bytes[writer.length++] = (value - rest * 0x80) | 0x80;
      value = rest;
    }
    writer.bytes[writer.length++] = value;
  }

  /** The eight bytes of a double, little-endian. */
  fixed64(value: number): void {
    const writer = this.#writer;
    writer.reserve(8);
    FLOAT[0] = value;
    for (let i = 0; i < 8; i++) writer.bytes[writer.length++] = FLOAT_BYTES[i];
  }

  #tag(field: number, wireType: number): void {
    this.varint(field * 8 + wireType);
  }
}

/** Moves the bytes of a double; every machine that runs JavaScript today is little-endian. */
const FLOAT = new Float64Array(1);
const FLOAT_BYTES = new Uint8Array(FLOAT.buffer);

function varintBytes(value: number): number {
  let count = 1;
  for (; value >= 0x80; value = Math.floor(value / 0x80)) count++;
  return count;
}
