/**
 * Protocol Buffers' wire format, read.
 *
 * @module
 */
// CONTROL PLANE

/** A value as it stands on the wire: an integer, eight bytes as a double, or bytes. */
export type WireValue = bigint | number | Uint8Array;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The fields of one message, by number, each with its values in their order. One thread. */
export class ProtobufFields {
  readonly #fields = new Map<number, WireValue[]>();

  /**
   * @param bytes one message
   * @throws {SyntaxError} If the bytes are no message
   */
  constructor(bytes: Uint8Array) {
    const cursor = new Cursor(bytes);
    while (!cursor.atEnd) {
      const tag = Number(cursor.varint());
      const field = Math.floor(tag / 8);
      const values = this.#fields.get(field);
      const value = cursor.value(tag % 8);
      if (values === undefined) this.#fields.set(field, [value]);
      else values.push(value);
    }
  }

  /** A `double`. */
  double(field: number): number | undefined {
    const value = this.#last(field);
    return typeof value === "number" ? value : undefined;
  }

  /** A `uint64`, or an `int64` or enum that is not negative. */
  uint(field: number): number | undefined {
    const value = this.#last(field);
    return typeof value === "bigint" ? Number(value) : undefined;
  }

  /** A `sint32` or `sint64`. */
  sint(field: number): number | undefined {
    const value = this.#last(field);
    return typeof value === "bigint" ? Number(unzigzag(value)) : undefined;
  }

  /** A repeated `sint64`, packed or not. */
  sints(field: number): number[] {
    return (this.#fields.get(field) ?? []).flatMap((value) => {
      if (typeof value === "bigint") return [Number(unzigzag(value))];
      if (typeof value === "number") return [];
      const numbers: number[] = [];
      const cursor = new Cursor(value);
      while (!cursor.atEnd) numbers.push(Number(unzigzag(cursor.varint())));
      return numbers;
    });
  }

  /**
   * A `string`, empty if it is not there.
   *
   * @throws {SyntaxError} If its bytes are no UTF-8
   */
  string(field: number): string {
    const value = this.#last(field);
    if (!(value instanceof Uint8Array)) return "";
    try {
      return decoder.decode(value);
    } catch (cause) {
      throw new SyntaxError(`Cannot read field ${field}: it is not UTF-8`, { cause });
    }
  }

  /** A message. */
  message(field: number): ProtobufFields | undefined {
    const value = this.#last(field);
    return value instanceof Uint8Array ? new ProtobufFields(value) : undefined;
  }

  /** A repeated message. */
  messages(field: number): ProtobufFields[] {
    return (this.#fields.get(field) ?? [])
      .filter((value) => value instanceof Uint8Array)
      .map((value) => new ProtobufFields(value));
  }

  #last(field: number): WireValue | undefined {
    return this.#fields.get(field)?.at(-1);
  }
}

/**
 * Splits a stream of messages, each behind its length.
 *
 * @throws {SyntaxError} If the last one is cut
 */
export function readDelimited(bytes: Uint8Array): ProtobufFields[] {
  const messages: ProtobufFields[] = [];
  const cursor = new Cursor(bytes);
  while (!cursor.atEnd) messages.push(new ProtobufFields(cursor.value(2) as Uint8Array));
  return messages;
}

function unzigzag(value: bigint): bigint {
  return (value >> 1n) ^ -(value & 1n);
}

class Cursor {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#take(1)[0];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new SyntaxError(`Cannot read the varint before byte ${this.#at}: it has more than ten bytes`);
  }

  value(wireType: number): WireValue {
    switch (wireType) {
      case 0:
        return this.varint();
      case 1: {
        const bytes = this.#take(8);
        return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0, true);
      }
      case 2:
        return this.#take(Number(this.varint()));
      default:
        throw new SyntaxError(`Cannot read the field at byte ${this.#at}: its wire type is ${wireType}`);
    }
  }

  #take(byteCount: number): Uint8Array {
    const end = this.#at + byteCount;
    if (end > this.#bytes.length) {
      throw new SyntaxError(
        `Cannot read ${byteCount} bytes at byte ${this.#at}: the message has ${this.#bytes.length}`,
      );
    }
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }
}
