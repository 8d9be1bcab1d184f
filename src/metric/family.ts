/**
 * A family as its writing thread holds it: which cell belongs to which label values.
 *
 * @module
 */
import type { Descriptor } from "../model/descriptor.ts";
import {
  canonicalLabelValue,
  encodeLabelValues,
  type LabelValue,
  OVERFLOW_LABEL_VALUE,
} from "../model/label_values.ts";
import { type CellShape, createPrivateCell } from "../slab/cell_shape.ts";
import type { Slab } from "../slab/slab.ts";
import type { SlabWriter } from "../slab/slab_writer.ts";

/** A level of the walk from label values to a cell: the last level's nodes are cells, as elements of `slab.i32`. */
type Node = Map<unknown, Node> | number;

/**
 * The series of one family in one thread. Owner thread only. Finding a known label set allocates nothing;
 * a new one takes a cell and is announced in the slab's directory. Without room for it, the family's overflow
 * series is used and the slab's owner counts that: nothing here throws for lack of room.
 */
export class Family {
  readonly descriptor: Descriptor;
  /** Where the family's cells lie: the thread's slab, or private memory if the family found no room there. */
  readonly slab: Slab;
  /** The cell of a family without labels; -1 for a family with labels. */
  readonly ownCell: number;
  readonly #writer: SlabWriter;
  readonly #shape: CellShape;
  readonly #labelNames: readonly string[];
  readonly #root: Map<unknown, Node> = new Map();
  readonly #familyId: number;
  readonly #fallbackCell: number;
  #fallbackUsed = false;
  #seriesCount = 0;

  constructor(descriptor: Descriptor, options: { writer: SlabWriter; shape: CellShape }) {
    const { writer, shape } = options;
    this.descriptor = descriptor;
    this.#writer = writer;
    this.#shape = shape;
    this.#labelNames = descriptor.labelNames;
    const labelled = descriptor.labelNames.length > 0;
    const appended = writer.appendFamily(JSON.stringify(descriptor), {
      ...shape,
      payload: this.#fallbackPayload(),
    });
    if (appended === undefined) {
      writer.countDroppedFamily();
      const scratch = createPrivateCell(shape);
      this.slab = scratch.slab;
      this.#familyId = -1;
      this.#fallbackCell = scratch.cell32;
    } else {
      this.slab = writer.slab;
      this.#familyId = appended.familyId;
      this.#fallbackCell = appended.fallbackCell / 4;
    }
    this.ownCell = labelled ? -1 : this.#fallbackCell;
    if (!labelled) this.#announceFallback();
  }

  /**
   * The cell of a label set.
   *
   * @param labels a value for each label name, and nothing else
   * @throws {TypeError} If a label is missing, unknown or not a string, number or boolean
   */
  cellOf(labels: Readonly<Record<string, LabelValue>>): number {
    const names = this.#labelNames;
    let node: Node | undefined = this.#root;
    let depth = 0;
    for (const name in labels) {
      // WHY: callers nearly always write labels in the order of the definition; engines make this loop cheap.
      if (depth >= names.length || name !== names[depth]) return this.#cellOfUnordered(labels);
      node = (node as Map<unknown, Node>).get(labels[name]);
      if (node === undefined) return this.#cellOfUnordered(labels);
      depth++;
    }
    if (depth !== names.length || depth === 0) return this.#cellOfUnordered(labels);
    return node as number;
  }

  /**
   * The cell of a label set given by values in the order of the label names.
   *
   * @throws {TypeError} If there are too few or too many values, or one is not a string, number or boolean
   */
  cellOfValues(values: readonly LabelValue[]): number {
    const names = this.#labelNames;
    if (values.length !== names.length || values.length === 0) {
      throw new TypeError(
        `Cannot find series of "${this.descriptor.name}": wanted ${names.length} label values (${
          names.join(", ")
        }), ` +
          `given ${values.length}`,
      );
    }
    let node: Node | undefined = this.#root;
    for (let depth = 0; depth < values.length && node !== undefined; depth++) {
      node = (node as Map<unknown, Node>).get(values[depth]);
    }
    return node === undefined ? this.#create(values) : node as number;
  }

  /** Checks the label set's names, brings the values into the order of the definition, and finds or makes the cell. */
  #cellOfUnordered(labels: Readonly<Record<string, LabelValue>>): number {
    const names = this.#labelNames;
    if (labels === null || typeof labels !== "object") {
      throw new TypeError(
        `Cannot find series of "${this.descriptor.name}": wanted labels as an object, given ${
          String(labels)
        }`,
      );
    }
    for (const name in labels) {
      if (!names.includes(name)) {
        throw new TypeError(
          `Cannot find series of "${this.descriptor.name}": wanted labels {${
            names.join(", ")
          }}, given unknown label "${name}"`,
        );
      }
    }
    const values = names.map((name) => {
      if (labels[name] === undefined) {
        throw new TypeError(
          `Cannot find series of "${this.descriptor.name}": wanted labels {${
            names.join(", ")
          }}, "${name}" is missing`,
        );
      }
      return labels[name];
    });
    return this.cellOfValues(values);
  }

  #create(given: readonly LabelValue[]): number {
    const values = given.map((value, i) => canonicalLabelValue(value, this.#labelNames[i]));
    const existing = this.#find(values);
    const cell = existing ?? this.#takeCell(values);
    if (cell === undefined) {
      this.#writer.countDroppedSeries();
      if (!this.#fallbackUsed) this.#announceFallback();
      return this.#fallbackCell;
    }
    if (existing === undefined) this.#remember(values, cell);
    // WHY: numbers and booleans get a path of their own, so that the next call walks straight to the cell. Strings do
    // not: an ill-formed one equals its well-formed self, and remembering every such spelling would have no bound.
    if (given.some((value) => typeof value !== "string")) {
      this.#remember(given.map((value, i) => typeof value === "string" ? values[i] : value), cell);
    }
    return cell;
  }

  #find(values: readonly unknown[]): number | undefined {
    let node: Node | undefined = this.#root;
    for (const value of values) {
      node = (node as Map<unknown, Node>).get(value);
      if (node === undefined) return undefined;
    }
    return node as number;
  }

  #remember(values: readonly unknown[], cell: number): void {
    let node = this.#root;
    const last = values.length - 1;
    for (let depth = 0; depth < last; depth++) {
      let next = node.get(values[depth]) as Map<unknown, Node> | undefined;
      if (next === undefined) {
        next = new Map();
        node.set(values[depth], next);
      }
      node = next;
    }
    node.set(values[last], cell);
  }

  #takeCell(values: readonly string[]): number | undefined {
    if (this.#familyId < 0 || this.#seriesCount >= this.descriptor.maxSeries) return undefined;
    const payload = encodeLabelValues(values);
    const offset = this.#writer.appendSeries({ familyId: this.#familyId, payload, ...this.#shape });
    if (offset === 0) return undefined;
    this.#seriesCount++;
    return offset / 4;
  }

  #fallbackPayload(): Uint8Array {
    return encodeLabelValues(this.descriptor.labelNames.map(() => OVERFLOW_LABEL_VALUE));
  }

  #announceFallback(): void {
    this.#fallbackUsed = true;
    if (this.#familyId < 0) return;
    this.#writer.appendFallback({
      familyId: this.#familyId,
      cellOffset: this.#fallbackCell * 4,
      payload: this.#fallbackPayload(),
    });
  }
}
