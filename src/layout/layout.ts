/**
 * Layouts as data: a table of fields from which offsets, diagrams and documentation derive.
 *
 * @module
 */

/** How a field is accessed: through an Int32Array, a BigInt64Array, a Float64Array, a Uint8Array, or not at all. */
export type FieldView = "i32" | "i64" | "f64" | "u8" | "-";

/** One line of a layout's table as its author writes it. Offsets follow from the order. */
export interface FieldSpec {
  /** Name of the field, in camelCase; names that start with `reserved` are padding. */
  readonly field: string;
  /** Size in bytes. */
  readonly size: number;
  readonly view: FieldView;
  /** Who stores to it: `owner` is the thread that the slab belongs to. */
  readonly writer: string;
  /** How a store becomes visible. */
  readonly ordering: string;
  readonly meaning: string;
}

/** One line of a layout's table with its place: bytes from the start of the record. */
export interface Field extends FieldSpec {
  readonly offset: number;
}

/** A checked layout. */
export interface Layout<Name extends string = string> {
  /** Short name, used by the markers of its diagram. */
  readonly name: string;
  readonly title: string;
  /** Size of the whole in bytes. */
  readonly bytes: number;
  readonly fields: readonly Field[];
  /** Offset in bytes of each field from the start of the record. */
  readonly at: Readonly<Record<Name, number>>;
}

const VIEW_BYTES: Readonly<Record<FieldView, number>> = { i32: 4, i64: 8, f64: 8, u8: 1, "-": 1 };

/**
 * Checks a table of fields and computes their offsets.
 *
 * @param options name and title of the layout, its size in bytes and its fields in order
 * @returns the layout with offsets
 * @throws {RangeError} If a field is empty, not naturally aligned or named twice, or the sizes do not add up to `bytes`
 */
export function defineLayout<const F extends readonly FieldSpec[]>(
  options: { name: string; title: string; bytes: number; fields: F },
): Layout<F[number]["field"]> {
  const { name, title, bytes } = options;
  const fields: Field[] = [];
  const at: Record<string, number> = {};
  let offset = 0;
  for (const spec of options.fields) {
    const step = VIEW_BYTES[spec.view];
    if (spec.size <= 0 || spec.size % step !== 0) {
      throw new RangeError(
        `Cannot lay out "${name}.${spec.field}": size ${spec.size} does not fit view ${spec.view}`,
      );
    }
    if (offset % step !== 0) {
      throw new RangeError(
        `Cannot lay out "${name}.${spec.field}": offset ${offset} is not a multiple of ${step}`,
      );
    }
    if (spec.field in at) {
      throw new RangeError(`Cannot lay out "${name}.${spec.field}": the field is there already`);
    }
    at[spec.field] = offset;
    fields.push({ offset, ...spec });
    offset += spec.size;
  }
  if (offset !== bytes || bytes % 8 !== 0) {
    throw new RangeError(
      `Cannot lay out "${name}": the fields take ${offset} bytes, wanted ${bytes}, a multiple of 8`,
    );
  }
  return { name, title, bytes, fields, at: at as Record<F[number]["field"], number> };
}

/**
 * The element of an Int32Array that lies at a byte offset.
 *
 * @throws {RangeError} If the offset is not a multiple of 4
 */
export function toIndex32(offset: number): number {
  if (offset % 4 !== 0) throw new RangeError(`Cannot index by 32 bits "${offset}": wanted a multiple of 4`);
  return offset / 4;
}

/**
 * The element of a Float64Array that lies at a byte offset.
 *
 * @throws {RangeError} If the offset is not a multiple of 8
 */
export function toIndex64(offset: number): number {
  if (offset % 8 !== 0) throw new RangeError(`Cannot index by 64 bits "${offset}": wanted a multiple of 8`);
  return offset / 8;
}

/** The next multiple of `step`, a power of two, that is not below `value`. */
export function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
