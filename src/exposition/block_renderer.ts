/**
 * Blocks of samples to bytes, at the price of what changed since the last time.
 *
 * The body of a block is constant text with *slots*: places where a value (and its exemplar) stands. What is
 * constant is made once per block. From then on a body is the last body with some slots overwritten:
 *
 * ```text
 * last body   requests_total{route="/"} 41\nrequests_total{route="/x"} 99\nrequests_total{route="/y"} 7\n
 *                                       ^^ slot 0                      ^^ slot 1                    ^ slot 2
 * new body    requests_total{route="/"} 42\nrequests_total{route="/x"} 100\nrequests_total{route="/y"} 7\n
 *             ---------------- run 0 -------------------------------->|   |<------ run 1 --------------->
 * ```
 *
 * A run is copied at once. A run ends only where the length of a slot changes, which for counters that count
 * in integers is rare; everywhere else the new digits go over the old ones.
 *
 * @module
 */
// CONTROL PLANE
import type { Descriptor } from "../model/descriptor.ts";
import type { Exemplar, FamilySamples, SeriesBlock } from "../model/samples.ts";
import { ByteWriter } from "./byte_writer.ts";

/** What stays the same in the body of a block, and how its slots are filled. */
export interface Skeleton {
  /** The body with empty slots. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The offset in `bytes` of each slot, series by series, slot by slot. */
  readonly slotOffsets: Int32Array;
  /** Writes what a slot shows now. */
  readonly writeSlot: SlotWriter;
}

/** Writes what the slot at `place` shows for these samples. */
export type SlotWriter = (writer: ByteWriter, samples: FamilySamples, place: SlotPlace) => void;

/** How a format lays out the series of one family. */
export interface FamilyLayout {
  /** For each slot of one series: the first column of the values that it shows. */
  readonly firstColumns: readonly number[];
  /** For each slot of one series: the column behind the last one that it shows. */
  readonly endColumns: readonly number[];
  /** Whether the body shows when the series began to count. */
  readonly showsCreated: boolean;
  /** Whether the slots show native buckets, which can change while all columns stay. */
  readonly showsNatives: boolean;
  /** Makes the constant part of a block. */
  skeleton(samples: FamilySamples): Skeleton;
}

/** Which slot to write. The renderer hands the same object to each call. */
export interface SlotPlace {
  /** Series within the block. */
  series: number;
  /** Slot within the series. */
  slot: number;
}

/** What is kept of a block between two scrapes. */
interface BlockState {
  /** The last body. It has been handed out and is never written again. */
  body: Uint8Array<ArrayBuffer>;
  /** Where in `body` each slot ends, and how many bytes it has. */
  readonly slotEnds: Int32Array;
  readonly slotBytes: Uint32Array;
  readonly writeSlot: SlotWriter;
  /** The values that `body` shows. */
  readonly values: Float64Array;
  /** What else `body` shows. */
  readonly exemplars: Map<number, Exemplar>;
  readonly created: Float64Array | undefined;
  readonly first: boolean;
}

/** A family as one format lays it out, and its blocks. */
interface FamilyState {
  readonly layout: FamilyLayout;
  readonly blocks: WeakMap<SeriesBlock, BlockState>;
}

/**
 * Renders blocks for one format, remembering each block's last body. One thread. It holds on to what it knows
 * of a family and a block only as long as somebody else holds on to the descriptor and the block.
 */
export class BlockRenderer {
  readonly #layoutOf: (descriptor: Descriptor) => FamilyLayout;
  readonly #families = new WeakMap<Descriptor, FamilyState>();
  /** What the changed slots show now, one after the other; used again by each block. */
  readonly #fresh = new ByteWriter(1 << 16);
  readonly #place: SlotPlace = { series: 0, slot: 0 };
  /** Which slots changed, and where in `#fresh` the bytes of each one end. */
  #changedSlots = new Uint32Array(1024);
  #freshEnds = new Uint32Array(1024);

  /** @param layoutOf how the format lays out a family; called once for each descriptor */
  constructor(layoutOf: (descriptor: Descriptor) => FamilyLayout) {
    this.#layoutOf = layoutOf;
  }

  /**
   * The body of a block.
   *
   * @returns the same object as in the last call if nothing changed; it is never written again
   */
  render(samples: FamilySamples): Uint8Array<ArrayBuffer> {
    const family = this.#familyOf(samples.descriptor);
    let state = family.blocks.get(samples.block);
    if (state === undefined || !showsTheSame(state, samples, family.layout.showsCreated)) {
      state = newState(samples, family.layout);
      family.blocks.set(samples.block, state);
    }
    if (samples.exemplars !== undefined || state.exemplars.size > 0) noticeExemplars(state, samples);
    const changedCount = this.#collectChanges(state, samples, family.layout);
    if (changedCount > 0) {
      state.body = this.#patch(state, changedCount);
      state.values.set(samples.values.subarray(0, state.values.length));
    }
    return state.body;
  }

  #familyOf(descriptor: Descriptor): FamilyState {
    let family = this.#families.get(descriptor);
    if (family === undefined) {
      family = { layout: this.#layoutOf(descriptor), blocks: new WeakMap() };
      this.#families.set(descriptor, family);
    }
    return family;
  }

  /** Finds the slots whose values changed and writes what they show now into `#fresh`. */
  #collectChanges(state: BlockState, samples: FamilySamples, layout: FamilyLayout): number {
    const { values, stride } = samples;
    const { values: shown, slotEnds } = state;
    const { firstColumns, endColumns } = layout;
    const slotsPerSeries = firstColumns.length;
    if (this.#changedSlots.length < slotEnds.length) this.#growChanges(slotEnds.length);
    const fresh = this.#fresh;
    const place = this.#place;
    fresh.length = 0;
    const always = layout.showsNatives && samples.natives !== undefined;
    let changedCount = 0;
    for (let slot = 0, series = 0, base = 0; slot < slotEnds.length; series++, base += stride) {
      for (let k = 0; k < slotsPerSeries; k++, slot++) {
        if (!always && !differs(values, shown, base + firstColumns[k], base + endColumns[k])) continue;
        place.series = series;
        place.slot = k;
        const freshAt = fresh.length;
        state.writeSlot(fresh, samples, place);
        if (always && showsBytes(state, slot, fresh.bytes.subarray(freshAt, fresh.length))) {
          fresh.length = freshAt;
          continue;
        }
        this.#changedSlots[changedCount] = slot;
        this.#freshEnds[changedCount++] = fresh.length;
      }
    }
    return changedCount;
  }

  #growChanges(slotCount: number): void {
    this.#changedSlots = new Uint32Array(slotCount);
    this.#freshEnds = new Uint32Array(slotCount);
  }

  /** A new body: the old one with the changed slots replaced. */
  #patch(state: BlockState, changedCount: number): Uint8Array<ArrayBuffer> {
    const { slotEnds, slotBytes } = state;
    const changedSlots = this.#changedSlots;
    const freshEnds = this.#freshEnds;
    let lengthChanges = 0;
    let growth = 0;
    for (let i = 0, freshAt = 0; i < changedCount; i++) {
      const difference = freshEnds[i] - freshAt - slotBytes[changedSlots[i]];
      freshAt = freshEnds[i];
      if (difference === 0) continue;
      lengthChanges++;
      growth += difference;
    }
    const body = lengthChanges === 0 ? state.body.slice() : this.#copyRuns(state, { changedCount, growth });
    const fresh = this.#fresh.bytes;
    for (let i = 0, freshAt = 0; i < changedCount; i++) {
      const end = freshEnds[i];
      for (let at = slotEnds[changedSlots[i]] - (end - freshAt); freshAt < end;) {
        body[at++] = fresh[freshAt++];
      }
    }
    return body;
  }

  /** Copies what lies between slots that change their length, and moves the slots to where they are then. */
  #copyRuns(state: BlockState, sizes: { changedCount: number; growth: number }): Uint8Array<ArrayBuffer> {
    const { body: old, slotEnds, slotBytes } = state;
    const body = new Uint8Array(old.length + sizes.growth);
    let runStart = 0;
    let shift = 0;
    let slot = 0;
    for (let i = 0, freshAt = 0; i < sizes.changedCount; i++) {
      const changed = this.#changedSlots[i];
      const byteCount = this.#freshEnds[i] - freshAt;
      freshAt = this.#freshEnds[i];
      const difference = byteCount - slotBytes[changed];
      if (difference === 0) continue;
      const oldEnd = slotEnds[changed];
      const runEnd = oldEnd - slotBytes[changed];
      body.set(old.subarray(runStart, runEnd), runStart + shift);
      if (shift !== 0) { for (; slot < changed; slot++) slotEnds[slot] += shift; }
      shift += difference;
      slotEnds[changed] = oldEnd + shift;
      slotBytes[changed] = byteCount;
      slot = changed + 1;
      runStart = oldEnd;
    }
    body.set(old.subarray(runStart), runStart + shift);
    for (; slot < slotEnds.length; slot++) slotEnds[slot] += shift;
    return body;
  }
}

/** Whether what is constant in a block's body can stay: the header in it, and when the series began to count. */
function showsTheSame(state: BlockState, samples: FamilySamples, showsCreated: boolean): boolean {
  if (state.first !== samples.first) return false;
  if (!showsCreated) return true;
  const { created } = samples;
  if (created === undefined || state.created === undefined) return created === state.created;
  return !differs(created, state.created, 0, samples.block.series.length);
}

/** A state whose body has empty slots, and whose values all differ from those to be shown. */
function newState(samples: FamilySamples, layout: FamilyLayout): BlockState {
  const { bytes, slotOffsets, writeSlot } = layout.skeleton(samples);
  const valueCount = samples.block.series.length * samples.stride;
  const values = new Float64Array(valueCount);
  for (let i = 0; i < valueCount; i++) values[i] = somethingElse(samples.values[i]);
  return {
    body: bytes,
    slotEnds: slotOffsets,
    slotBytes: new Uint32Array(slotOffsets.length),
    writeSlot,
    values,
    exemplars: new Map(),
    created: layout.showsCreated ? samples.created?.slice(0, samples.block.series.length) : undefined,
    first: samples.first,
  };
}

/** Forgets the shown value of each column whose exemplar came, changed or went, so that its slot is written anew. */
function noticeExemplars(state: BlockState, samples: FamilySamples): void {
  const { exemplars: shown, values } = state;
  const current = samples.exemplars;
  for (const key of shown.keys()) {
    if (current?.has(key)) continue;
    shown.delete(key);
    values[key] = somethingElse(samples.values[key]);
  }
  if (current === undefined) return;
  for (const [key, exemplar] of current) {
    if (shown.get(key) === exemplar) continue;
    shown.set(key, exemplar);
    values[key] = somethingElse(samples.values[key]);
  }
}

/** Whether a slot shows these bytes already. */
function showsBytes(state: BlockState, slot: number, bytes: Uint8Array): boolean {
  if (state.slotBytes[slot] !== bytes.length) return false;
  const start = state.slotEnds[slot] - bytes.length;
  return bytes.every((byte, i) => byte === state.body[start + i]);
}

/** A value that {@linkcode differs} tells from the given one. */
function somethingElse(value: number): number {
  return value === 0 ? 1 : 0;
}

/** Whether two runs of values differ. A NaN equals a NaN; the two zeros differ, as the binary format shows the sign. */
function differs(a: Float64Array, b: Float64Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const x = a[i];
    const y = b[i];
    if (x !== y ? (x === x || y === y) : (x === 0 && 1 / x !== 1 / y)) return true;
  }
  return false;
}
