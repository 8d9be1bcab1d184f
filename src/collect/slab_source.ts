/**
 * One slab as a collector sees it: what its directory says, and the columns of its families.
 *
 * @module
 */
import type { Descriptor } from "../model/descriptor.ts";
import { decodeLabelValues } from "../model/label_values.ts";
import { DirectoryReader, type DirectoryRecord, RECORD_KIND } from "../slab/directory.ts";
import { type Slab, SlabError } from "../slab/slab.ts";
import { type SlabStatus, slabStatus } from "../slab/slab_status.ts";
import { acquire } from "../slab/slab_writer.ts";
import type { MergedFamily } from "./merged_family.ts";
import { SlabColumn } from "./slab_column.ts";

/** A family of one slab: its part of the merged family, and where its values are read into. */
interface SourceFamily {
  readonly family: MergedFamily;
  readonly column: SlabColumn;
}

const decoder = new TextDecoder();

/** A slab that a collector reads. One thread only: the collector's. */
export class SlabSource {
  /** Whether the owner is alive; set by `Collector.setLive()`. */
  live = true;
  /** Whether the directory was found damaged, so that nothing new is learned from it. */
  bad = false;
  /** The worker slot as a label value. */
  readonly worker: string;
  readonly #slab: Slab;
  readonly #directory: DirectoryReader;
  /** By the family's number in this slab; `undefined` where its definition conflicts with another. */
  readonly #families: (SourceFamily | undefined)[] = [];

  constructor(slab: Slab) {
    this.#slab = slab;
    this.#directory = new DirectoryReader(slab);
    this.worker = slab.slot < 0 ? "main" : String(slab.slot);
  }

  /** The slab's header: heartbeat, fill, drops. */
  status(): SlabStatus {
    return slabStatus(this.#slab);
  }

  /** The families whose values count. */
  columns(): SourceFamily[] {
    return this.#families.filter((family) => family !== undefined);
  }

  /**
   * Learns what is new in the directory.
   *
   * @param familyFor the merged family of a definition, or `undefined` if the definition conflicts with it
   * @throws {SlabError} If the directory is damaged
   */
  parse(familyFor: (descriptor: Descriptor) => MergedFamily | undefined): void {
    acquire(this.#slab);
    this.#directory.read((record) => {
      if (record.kind === RECORD_KIND.FAMILY) this.#addFamily(record, familyFor);
      else if (record.kind === RECORD_KIND.SERIES) this.#addSeries(record);
      else throw new SlabError(`Cannot read directory record of kind ${record.kind}`);
    });
  }

  #addFamily(record: DirectoryRecord, familyFor: (descriptor: Descriptor) => MergedFamily | undefined): void {
    if (record.familyId !== this.#families.length) {
      throw new SlabError(
        `Cannot read directory: family ${record.familyId} follows ${this.#families.length} families`,
      );
    }
    const descriptor = JSON.parse(decoder.decode(record.payload)) as Descriptor;
    const family = familyFor(descriptor);
    if (family === undefined) {
      this.#families.push(undefined);
      return;
    }
    const column = new SlabColumn(this.#slab, descriptor);
    family.join(column, this);
    this.#families.push({ family, column });
  }

  #addSeries(record: DirectoryRecord): void {
    if (record.familyId < 0 || record.familyId >= this.#families.length) {
      throw new SlabError(`Cannot read directory: series of unknown family ${record.familyId}`);
    }
    const target = this.#families[record.familyId];
    if (target === undefined) return;
    const { family, column } = target;
    family.addSeries(column, {
      labels: decodeLabelValues(record.payload, family.descriptor.labelNames.length),
      created: record.created,
      cellOffset: record.cellOffset,
      worker: this.worker,
    });
  }
}
