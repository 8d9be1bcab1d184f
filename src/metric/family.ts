/**
 * A family as its writing thread holds it: which cell belongs to which label values.
 *
 * @module
 */
// CONTROL PLANE
import type { Descriptor } from "../model/descriptor.ts";
import { givenText } from "../model/given_text.ts";
import {
  canonicalLabelValue,
  decodeLabelValues,
  encodeLabelValues,
  type LabelValue,
  OVERFLOW_LABEL_VALUE,
} from "../model/label_values.ts";
import { readDescriptor } from "../model/read_descriptor.ts";
import { type Removal, removalMatches } from "../model/removal.ts";
import { type CellShape, createPrivateCell, isUntouched } from "../slab/cell_shape.ts";
import { DirectoryReader, type DirectoryRecord, RECORD_KIND, seriesRecordAt } from "../slab/directory.ts";
import type { Slab } from "../slab/slab.ts";
import type { SlabWriter } from "../slab/slab_writer.ts";
import { LabelIndex, NO_CELL } from "./label_index.ts";

/** Where a child writes now, for what moves several of them. */
export interface CellHolder {
  readonly slab: Slab;
  readonly cell32: number;
  /** The family's name. */
  readonly name: string;
}

/** What a caller holds of a series: it writes to one cell, until the family moves it to another. */
export interface BoundChild {
  /** Makes the child write to another cell. */
  rebind(cell32: number): void;
}

/**
 * The series of one family in one thread. Owner thread only. Finding a known label set allocates nothing;
 * a new one takes a cell and is announced in the slab's directory. Without room for it, the family's overflow
 * series is used and the slab's owner counts that: nothing here throws for lack of room.
 */
export class Family {
  readonly descriptor: Descriptor;
  /** Where the family's cells lie: the thread's slab, or private memory if the family found no room there. */
  readonly slab: Slab;
  /** The cell of a family without labels; -1 for a family with labels. A reset moves it. */
  ownCell: number;
  readonly #writer: SlabWriter;
  readonly #shape: CellShape;
  readonly #labelNames: readonly string[];
  readonly #index: LabelIndex;
  readonly #familyId: number;
  #fallbackCell: number;
  #fallbackUsed = false;
  #seriesCount = 0;
  /** What callers hold, by cell. */
  readonly #children: Map<number, BoundChild> = new Map();
  /**
   * Children of removed series, by the cell that waits for them. Held weakly: a cell whose child nobody else holds is
   * given back.
   */
  readonly #parked: Map<number, WeakRef<BoundChild>> = new Map();
  /** Where the record of each cell begins, once series are removed one by one. A record keeps its cell for life. */
  #records: { readonly reader: DirectoryReader; readonly starts: Map<number, number> } | undefined;
  /** Children of removed series that ended at the overflow series, beside the one that it has of its own. */
  #strays: BoundChild[] = [];

  /** @throws {TypeError} If no reader could make sense of the definition */
  constructor(descriptor: Descriptor, options: { writer: SlabWriter; shape: CellShape }) {
    const { writer, shape } = options;
    this.descriptor = descriptor;
    this.#writer = writer;
    this.#shape = shape;
    this.#labelNames = descriptor.labelNames;
    this.#index = new LabelIndex(descriptor.labelNames);
    const labelled = descriptor.labelNames.length > 0;
    const json = JSON.stringify(descriptor);
    // WHY: readers stop at what they cannot read, so it must not get into the directory, whoever made it.
    readDescriptor(json);
    const appended = writer.appendFamily(json, {
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
    const cell = this.#index.find(labels);
    return cell === NO_CELL ? this.#cellOfUnordered(labels) : cell;
  }

  /**
   * The cell of a label set given by values in the order of the label names.
   *
   * @throws {TypeError} If there are too few or too many values, or one is not a string, number or boolean
   */
  cellOfValues(values: readonly LabelValue[]): number {
    const names = this.#labelNames;
    if (values.length !== names.length) {
      const wanted = names.length === 0 ? "no labels" : `${names.length} label values (${names.join(", ")})`;
      throw new TypeError(
        `Cannot find series of "${this.descriptor.name}": wanted ${wanted}, given ${values.length}`,
      );
    }
    if (values.length === 0) return this.ownCell;
    const cell = this.#index.findValues(values);
    return cell === NO_CELL ? this.#create(values) : cell;
  }

  /**
   * Whether a label set has a cell that may have been written to: one of its own, or what all share that found no room.
   *
   * @throws {TypeError} As {@linkcode Family.cellOf} does
   */
  hasCell(labels: Readonly<Record<string, LabelValue>>): boolean {
    if (this.#fallbackUsed || this.#index.find(labels) !== NO_CELL) return true;
    this.#checkNames(labels);
    const values = this.#valuesOf(labels).map((value, i) => canonicalLabelValue(value, this.#labelNames[i]));
    return this.#index.findValues(values) !== NO_CELL;
  }

  /** The child that writes to a cell: always the same object, so that a removal can move what callers hold. */
  childAt<Child extends BoundChild>(cell32: number, bind: (cell32: number) => Child): Child {
    let child = this.#childOf(cell32);
    if (child === undefined) {
      child = bind(cell32);
      this.#children.set(cell32, child);
      this.#parked.delete(cell32);
    }
    return child as Child;
  }

  #childOf(cell32: number): BoundChild | undefined {
    return this.#children.get(cell32) ?? this.#parked.get(cell32)?.deref();
  }

  /** Gives back the cells of removed series whose children nobody holds any more. Called at each heartbeat and each pass. */
  sweep(): void {
    if (this.#parked.size === 0) return;
    const abandoned = new Set<number>();
    for (const [cell, child] of this.#parked) {
      if (child.deref() !== undefined) continue;
      this.#parked.delete(cell);
      abandoned.add(cell);
    }
    if (abandoned.size === 0) return;
    const found: { readonly start: number; readonly cell: number; readonly values: string[] }[] = [];
    const labelCount = this.#labelNames.length;
    new DirectoryReader(this.slab).read(({ kind, familyId, dormant, cellOffset, start, payload }) => {
      if (kind !== RECORD_KIND.SERIES || familyId !== this.#familyId || !dormant) return;
      // WHY: a series that moved again counts, whoever holds its child.
      if (!abandoned.has(cellOffset / 4) || !isUntouched(this.slab, cellOffset, this.#shape)) return;
      found.push({ start, cell: cellOffset / 4, values: decodeLabelValues(payload, labelCount) });
    });
    for (const { start, cell, values } of found) {
      this.#index.forget(values, cell);
      this.#reclaim(start);
    }
    this.#seriesCount -= found.length;
  }

  #reclaim(start: number): void {
    this.#writer.reclaim({ start, familyId: this.#familyId, cellBytes: this.#shape.cellBytes });
  }

  /**
   * Removes the series that a removal is meant for. A child that callers still hold gets a new cell, whose series is
   * hidden until it moves; no child can reach the old cell any more, whose memory is used anew after a rest.
   */
  remove(removal: Removal): void {
    const labelNames = this.#labelNames;
    const { at = Infinity, labels, reset } = removal;
    if (labelNames.length > 0 && labelNames.every((name) => labels[name] !== undefined)) {
      const values = labelNames.map((name) => labels[name]);
      if (!values.every((value) => value === OVERFLOW_LABEL_VALUE)) {
        // WHY: to look through the whole directory for each of thousands of series takes minutes.
        return this.#removeOne(values, { at, reset });
      }
    }
    this.removeWhere(
      (values, removalsSeen) => removalsSeen < at && removalMatches(removal, { labelNames, values }),
      removal,
    );
  }

  #removeOne(values: string[], { at, reset }: { readonly at: number; readonly reset: boolean }): void {
    if (this.#familyId < 0) return;
    const cell = this.#index.findValues(values);
    if (cell === NO_CELL) return;
    const start = this.#startOf(cell);
    const record = seriesRecordAt(this.slab, start);
    if (record.removalsSeen >= at || this.#isHidden(record, reset)) return;
    this.#removeAll([{ start, cell, values }], { reset, hide: false });
  }

  /**
   * The same by a condition on the label values, in the order of the label names.
   *
   * @param matches says whether a series is to be removed, by its label values and by how many removals there were before
   * it was made
   * @param how.reset whether it starts again at 0 instead of vanishing
   * @param how.hide whether the series of a family without labels vanishes too, until it moves
   */
  removeWhere(
    matches: (values: readonly string[], removalsSeen: number) => boolean,
    { reset = false, hide = false }: { readonly reset?: boolean; readonly hide?: boolean } = {},
  ): void {
    if (this.#familyId < 0) return;
    const removed: { readonly start: number; readonly cell: number; readonly values: string[] }[] = [];
    const labelCount = this.#labelNames.length;
    new DirectoryReader(this.slab).read((record) => {
      if (!this.#isMine(record) || record.reclaimed) return;
      const values = decodeLabelValues(record.payload, labelCount);
      if (matches(values, record.removalsSeen) && !this.#isHidden(record, reset)) {
        removed.push({ start: record.start, cell: record.cellOffset / 4, values });
      }
    });
    this.#removeAll(removed, { reset, hide });
  }

  #isMine({ kind, familyId }: DirectoryRecord): boolean {
    return kind === RECORD_KIND.SERIES && familyId === this.#familyId;
  }

  /** WHY: a series that was removed and has not moved since is hidden; a reset must not bring it back. */
  #isHidden(
    { dormant, cellOffset }: Pick<DirectoryRecord, "dormant" | "cellOffset">,
    reset: boolean,
  ): boolean {
    return reset && dormant && isUntouched(this.slab, cellOffset, this.#shape);
  }

  /** Where the record of a cell begins. */
  #startOf(cell: number): number {
    const { reader, starts } = this.#records ??= {
      reader: new DirectoryReader(this.slab),
      starts: new Map(),
    };
    // WHY not each time: to look which records have changed takes longer the more there are.
    if (!starts.has(cell)) {
      reader.read((record) => {
        if (this.#isMine(record)) starts.set(record.cellOffset / 4, record.start);
      });
    }
    return starts.get(cell)!;
  }

  #removeAll(
    removed: readonly { readonly start: number; readonly cell: number; readonly values: string[] }[],
    { reset, hide }: { readonly reset: boolean; readonly hide: boolean },
  ): void {
    for (const { cell, values } of removed) this.#index.forget(values, cell);
    for (const { start, cell, values } of removed) {
      // WHY: a family without labels is always exposed, so its removal is a reset unless it is to be hidden.
      const kept = cell === this.#fallbackCell
        ? !this.#replaceFallback(values, hide || (!reset && this.ownCell < 0))
        : !this.#replaceSeries(cell, { values, reset });
      if (!kept) this.#reclaim(start);
      // WHY: readers take it for removed until its owner says otherwise, so what it counts on would be lost for ever.
      else {
        const [cellOffset, payload] = [cell * 4, encodeLabelValues(values)];
        const dormant = this.ownCell < 0 && isUntouched(this.slab, cellOffset, this.#shape);
        this.#writer.renew(start, { familyId: this.#familyId, cellOffset, payload, dormant });
      }
    }
  }

  /** Gives the child of a removed series a new cell. Returns true: nothing refers to the old one any more. */
  #replaceSeries(cell: number, series: { values: string[]; reset: boolean }): boolean {
    this.#seriesCount--;
    const child = this.#childOf(cell);
    this.#children.delete(cell);
    this.#parked.delete(cell);
    if (child === undefined && !series.reset) return true;
    const next = this.#takeCell(series.values, !series.reset);
    if (next !== undefined) this.#index.add(series.values, next);
    const to = next ?? this.#overflow();
    if (child === undefined) return true;
    if (series.reset || next === undefined) this.#rebind(child, to);
    else {
      child.rebind(next);
      this.#parked.set(next, new WeakRef(child));
    }
    return true;
  }

  /** Moves the fallback series to a new cell. Returns false if there is no room for one; it stays as it is then. */
  #replaceFallback(values: string[], dormant: boolean): boolean {
    const payload = encodeLabelValues(values);
    const offset = this.#writer.appendSeries({ familyId: this.#familyId, payload, dormant, ...this.#shape });
    if (offset === 0) return false;
    const child = this.#children.get(this.#fallbackCell);
    this.#children.delete(this.#fallbackCell);
    this.#fallbackCell = offset / 4;
    if (this.ownCell >= 0) this.ownCell = this.#fallbackCell;
    const strays = this.#strays;
    this.#strays = [];
    if (child !== undefined) this.#rebind(child, this.#fallbackCell);
    for (const stray of strays) this.#rebind(stray, this.#fallbackCell);
    return true;
  }

  #rebind(child: BoundChild, cell: number): void {
    child.rebind(cell);
    // WHY: several children may end at the overflow series; the first is the one that labels() hands out.
    if (this.#children.has(cell)) this.#strays.push(child);
    else this.#children.set(cell, child);
  }

  /** Finds the cell of labels in another order than that of the definition, or of a label set that is new. */
  #cellOfUnordered(labels: Readonly<Record<string, LabelValue>>): number {
    this.#checkNames(labels);
    if (this.#labelNames.length === 0) return this.ownCell;
    const cell = this.#index.findUnordered(labels);
    return cell === NO_CELL ? this.#cellOfNew(labels) : cell;
  }

  #cellOfNew(labels: Readonly<Record<string, LabelValue>>): number {
    return this.cellOfValues(this.#valuesOf(labels));
  }

  #valuesOf(labels: Readonly<Record<string, LabelValue>>): LabelValue[] {
    const names = this.#labelNames;
    return names.map((name) => {
      if (labels[name] === undefined) {
        throw new TypeError(
          `Cannot find series of "${this.descriptor.name}": wanted labels {${
            names.join(", ")
          }}, "${name}" is missing`,
        );
      }
      return labels[name];
    });
  }

  #checkNames(labels: Readonly<Record<string, LabelValue>>): void {
    const names = this.#labelNames;
    if (labels === null || typeof labels !== "object") {
      throw new TypeError(
        `Cannot find series of "${this.descriptor.name}": wanted labels as an object, given ${
          givenText(labels)
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
  }

  #create(given: readonly LabelValue[]): number {
    const values = given.map((value, i) => canonicalLabelValue(value, this.#labelNames[i]));
    const existing = this.#index.findValues(values);
    const cell = existing === NO_CELL ? this.#takeCell(values) : existing;
    if (cell === undefined) return this.#overflow();
    if (existing === NO_CELL) this.#index.add(values, cell);
    // WHY: numbers and booleans are remembered, so that the next call goes straight to the cell. Strings are not: an
    // ill-formed one equals its well-formed self, and remembering every such spelling would have no bound.
    this.#index.addAliases(given, values);
    return cell;
  }

  /** The overflow series, announced at its first use. */
  #overflow(): number {
    this.#writer.countDroppedSeries();
    if (!this.#fallbackUsed) this.#announceFallback();
    return this.#fallbackCell;
  }

  #takeCell(values: readonly string[], dormant = false): number | undefined {
    if (this.#familyId < 0 || this.#seriesCount >= this.descriptor.maxSeries) return undefined;
    const payload = encodeLabelValues(values);
    const offset = this.#writer.appendSeries({ familyId: this.#familyId, payload, dormant, ...this.#shape });
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
