/**
 * Blocks of samples to bytes, at the price of what changed since the last time.
 *
 * @module
 */
// CONTROL PLANE
import type { Descriptor } from "../model/descriptor.ts";
import type { Exemplar, FamilySamples, SeriesBlock } from "../model/samples.ts";
import type { ByteWriter } from "./byte_writer.ts";
import { type LentBytes, SlotChanges, SlottedBody } from "./slotted_body.ts";

/**
 * Writes what a slot shows. `index` is where the first of its columns is in the samples' values, and with
 * that `Math.trunc(index / samples.stride)` the series.
 */
export type SlotWriter = (writer: ByteWriter, samples: FamilySamples, index: number) => void;

/** What stays the same in the body of a block: everything but its slots, the places where values stand. */
export interface Skeleton {
  /** The body with empty slots. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The offset in `bytes` of each slot, series by series, slot by slot. */
  readonly slotOffsets: Int32Array;
  /** For each slot of one series: what writes it. */
  readonly slotWriters: readonly SlotWriter[];
}

/** How a format lays out the series of one family. */
export interface FamilyLayout {
  /** For each slot of one series: the first column of the values that it shows, and the one behind the last. */
  readonly slotColumns: readonly (readonly [first: number, end: number])[];
  /** Whether the body shows when the series began to count. */
  readonly showsCreated: boolean;
  /** Whether the slots show native buckets, which can change while all columns stay. */
  readonly showsNatives: boolean;
  /** Makes the constant part of a block. */
  skeleton(samples: FamilySamples): Skeleton;
}

/** What is kept of a block between two scrapes. */
interface BlockState {
  readonly body: SlottedBody;
  readonly slotWriters: readonly SlotWriter[];
  /** The bits of the values that the body shows, two words each. */
  readonly shown: Int32Array;
  /** The values that were rendered last, and their bits: most families hand over the same array each time. */
  values: Float64Array;
  current: Int32Array;
  /** What else it shows. */
  readonly exemplars: Map<number, Exemplar>;
  readonly created: Float64Array | undefined;
  readonly first: boolean;
  /** The version of the values that the body shows. */
  version: number | undefined;
}

/** A family as one format lays it out, and its blocks. */
interface FamilyState {
  readonly layout: FamilyLayout;
  readonly firstColumns: Uint32Array;
  readonly endColumns: Uint32Array;
  readonly blocks: WeakMap<SeriesBlock, BlockState>;
}

/**
 * Renders blocks for one format, remembering each block's last body. One thread. It holds on to what it knows
 * of a family and a block only as long as somebody else holds on to the descriptor and the block.
 */
export class BlockRenderer {
  readonly #layoutOf: (descriptor: Descriptor) => FamilyLayout;
  readonly #families = new WeakMap<Descriptor, FamilyState>();
  readonly #changes = new SlotChanges();

  /** @param layoutOf how the format lays out a family; called once for each descriptor */
  constructor(layoutOf: (descriptor: Descriptor) => FamilyLayout) {
    this.#layoutOf = layoutOf;
  }

  /**
   * The body of a block, lent until the borrower releases it.
   *
   * @returns the same bytes, as the same object, as in the last call if nothing changed
   */
  render(samples: FamilySamples): LentBytes {
    const family = this.#familyOf(samples.descriptor);
    let state = family.blocks.get(samples.block);
    if (state === undefined || !showsTheSame(state, samples, family.layout)) {
      state = newState(samples, family.layout);
      family.blocks.set(samples.block, state);
    }
    const { shown, body } = state;
    const always = family.layout.showsNatives && samples.natives !== undefined;
    const hasExemplars = samples.exemplars !== undefined || state.exemplars.size > 0;
    if (samples.version !== undefined && samples.version === state.version && !always && !hasExemplars) {
      return body.lend();
    }
    state.version = undefined;
    const current = currentBits(state, samples.values);
    if (hasExemplars) noticeExemplars(state, samples, current);
    if (always || firstDifference(current, shown) < shown.length) {
      this.#collectChanges({ family, state, samples, current, always });
      if (this.#changes.count > 0) body.replace(this.#changes);
      shown.set(current);
    }
    // WHY: last, so that a block that failed is looked at again.
    state.version = samples.version;
    return body.lend();
  }

  #familyOf(descriptor: Descriptor): FamilyState {
    let family = this.#families.get(descriptor);
    if (family === undefined) {
      const layout = this.#layoutOf(descriptor);
      family = {
        layout,
        firstColumns: Uint32Array.from(layout.slotColumns, ([first]) => first),
        endColumns: Uint32Array.from(layout.slotColumns, ([, end]) => end),
        blocks: new WeakMap(),
      };
      this.#families.set(descriptor, family);
    }
    return family;
  }

  /** Finds the slots whose values changed, and writes what they show now. */
  #collectChanges({ family, state, samples, current, always }: Comparison): void {
    const { firstColumns, endColumns } = family;
    const { body, shown, slotWriters } = state;
    const { stride } = samples;
    const slotCount = body.slotCount;
    const slotsPerSeries = slotWriters.length;
    const changes = this.#changes;
    const { writer } = changes;
    changes.clear(slotCount);
    for (let slot = 0, base = 0; slot < slotCount; base += stride) {
      for (let k = 0; k < slotsPerSeries; k++, slot++) {
        const index = base + firstColumns[k];
        if (!always && !differs(current, shown, index, base + endColumns[k])) continue;
        const start = writer.length;
        slotWriters[k](writer, samples, index);
        if (always && body.shows(slot, writer.bytes.subarray(start, writer.length))) writer.length = start;
        else changes.add(slot);
      }
    }
  }
}

/** A block as it is shown and as it is now. */
interface Comparison {
  readonly family: FamilyState;
  readonly state: BlockState;
  readonly samples: FamilySamples;
  /** The bits of the values, two words each. */
  readonly current: Int32Array;
  /** Whether each slot may have changed although its columns did not. */
  readonly always: boolean;
}

/** Whether what is constant in a block's body can stay: the header in it, and when the series began to count. */
function showsTheSame(state: BlockState, samples: FamilySamples, layout: FamilyLayout): boolean {
  if (state.first !== samples.first || state.body.isDetached) return false;
  if (!layout.showsCreated) return true;
  const { created } = samples;
  if (created === undefined || state.created === undefined) return created === state.created;
  return state.created.every((seconds, i) => Object.is(seconds, created[i]));
}

/** A state whose body has empty slots, and that shows no value yet. */
function newState(samples: FamilySamples, layout: FamilyLayout): BlockState {
  const { bytes, slotOffsets, slotWriters } = layout.skeleton(samples);
  const seriesCount = samples.block.series.length;
  const shown = new Int32Array(seriesCount * samples.stride * 2);
  const current = new Int32Array(samples.values.buffer, samples.values.byteOffset, shown.length);
  for (let i = 0; i < shown.length; i++) shown[i] = ~current[i];
  return {
    body: new SlottedBody(bytes, slotOffsets),
    slotWriters,
    shown,
    values: samples.values,
    current,
    exemplars: new Map(),
    created: layout.showsCreated ? samples.created?.slice(0, seriesCount) : undefined,
    first: samples.first,
    version: undefined,
  };
}

/** The bits of the values that a block has now. */
function currentBits(state: BlockState, values: Float64Array): Int32Array {
  if (values !== state.values) {
    state.values = values;
    state.current = new Int32Array(values.buffer, values.byteOffset, state.shown.length);
  }
  return state.current;
}

/** Forgets the shown value of each column whose exemplar came, changed or went, so that its slot is written anew. */
function noticeExemplars(state: BlockState, samples: FamilySamples, current: Int32Array): void {
  const { exemplars: shownExemplars, shown } = state;
  const forget = (index: number) => void (shown[index * 2] = ~current[index * 2]);
  for (const index of shownExemplars.keys()) {
    if (samples.exemplars?.has(index)) continue;
    shownExemplars.delete(index);
    forget(index);
  }
  for (const [index, exemplar] of samples.exemplars ?? []) {
    if (shownExemplars.get(index) === exemplar) continue;
    shownExemplars.set(index, exemplar);
    forget(index);
  }
}

/** The first word in which two runs of the same length differ, or that length. */
function firstDifference(a: Int32Array, b: Int32Array): number {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return i;
}

/** Whether values from `start` to `end` differ in their bits: by which NaN equals NaN, and the two zeros differ. */
function differs(a: Int32Array, b: Int32Array, start: number, end: number): boolean {
  for (let i = start * 2; i < end * 2; i++) {
    if (a[i] !== b[i]) return true;
  }
  return false;
}
