/**
 * What remains of the workers that ended.
 *
 * @module
 */
// CONTROL PLANE
import { planCell } from "../metric/cell_plan.ts";
import type { Descriptor } from "../model/descriptor.ts";
import { Column, columnStrideOf } from "./column.ts";
import { ExemplarColumn } from "./exemplar_column.ts";
import { NativeColumn } from "./native_column.ts";
import { RetiredSketches } from "./sketch_column.ts";
import type { SlabColumn } from "./slab_column.ts";

/** What remains of the workers that ended, in the order of the family's series. */
export class RetiredColumn extends Column {
  /** 1 for each series that an ended worker had. */
  present: Uint8Array = new Uint8Array(0);

  override readonly exemplars: ExemplarColumn | undefined = undefined;
  override readonly natives: NativeColumn | undefined = undefined;
  override readonly sketches: RetiredSketches | undefined = undefined;

  constructor(descriptor: Descriptor) {
    super(columnStrideOf(descriptor));
    this.growGaugeColumns();
    const { exemplarSlots, native, sketch } = planCell(descriptor);
    if (sketch?.hasSketch) this.sketches = new RetiredSketches(sketch);
    if (native !== undefined) this.natives = new NativeColumn();
    if (exemplarSlots > 0) this.exemplars = new ExemplarColumn(exemplarSlots);
  }

  /** Makes room for what ended workers leave of a family with so many series. */
  reserve(seriesCount: number): void {
    this.appendUpTo(seriesCount);
    if (this.present.length >= this.count) return;
    const present = new Uint8Array(this.index.length);
    present.set(this.present);
    this.present = present;
  }

  /** Takes over what a column whose positions are series numbers has beside its numbers. */
  keepDetails({ count, positions, exemplars, natives, sketches }: SlabColumn): void {
    for (let k = 0; k < count; k++) {
      if (positions[k] < 0) continue;
      const state = natives?.at(k);
      if (state !== undefined) this.natives?.add(positions[k], state);
      if (sketches !== undefined) this.sketches?.keep(positions[k], sketches, k);
      if (exemplars !== undefined) this.exemplars?.offerAll(positions[k], exemplars, k);
    }
  }

  /** Forgets a series that was removed. */
  forget(index: number): void {
    if (index >= this.count) return;
    this.present[index] = 0;
    this.touched[index] = 0;
    this.stamps[index] = 0;
    this.values.fill(0, index * this.stride, (index + 1) * this.stride);
    this.exemplars?.forget(index);
    this.natives?.forget(index);
    this.sketches?.forget(index);
  }

  /** Marks the series of an ended worker's column as visible. */
  keepVisible(column: SlabColumn): void {
    for (let k = 0; k < column.count; k++) {
      if (!column.exposes(k) || !column.shows(k)) continue;
      const index = column.index[k];
      const created = column.created[k];
      this.created[index] = this.present[index] === 0 ? created : Math.min(created, this.created[index]);
      this.present[index] = 1;
    }
  }
}
