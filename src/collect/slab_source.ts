/**
 * One slab as a collector sees it: what its directory says, and the columns of its families.
 *
 * @module
 */
// CONTROL PLANE
import type { Descriptor } from "../model/descriptor.ts";
import { decodeLabelValues } from "../model/label_values.ts";
import { readDescriptor } from "../model/read_descriptor.ts";
import type { Removal } from "../model/removal.ts";
import { RemovalQueue } from "../registry/removal_log.ts";
import { DirectoryReader, type DirectoryRecord, RECORD_KIND } from "../slab/directory.ts";
import { type Slab, SlabError } from "../slab/slab.ts";
import { fenceSlab, slabBeat, type SlabStatus, slabStatus } from "../slab/slab_status.ts";
import { acquire, removalsForgotten } from "../slab/slab_writer.ts";
import { CommitReader } from "./commit_reader.ts";
import type { MergedFamily } from "./merged_family.ts";
import { RetryBudget, type Turn } from "./retry_budget.ts";
import { SlabColumn } from "./slab_column.ts";

/** A family of one slab: its part of the merged family, and where its values are read into. */
interface SourceFamily {
  readonly family: MergedFamily;
  readonly column: SlabColumn;
}

/** Takes what a slab's directory tells. */
export interface DirectoryListener {
  /** The merged family of a definition, or `undefined` if the definition conflicts with it. */
  familyFor(descriptor: Descriptor): MergedFamily | undefined;
  /** A removal that the slab's owner announced, and its number among them. */
  removal(removal: Removal, number: number, source: SlabSource): void;
  /** The latest removal that is meant for a series which its owner made before it learned of it. */
  lateRemoval(series: LateSeries): PendingRemoval | undefined;
}

/** A series whose owner may not know yet that it was removed. */
export interface LateSeries {
  readonly source: SlabSource;
  readonly descriptor: Descriptor;
  readonly labels: readonly string[];
  readonly removalsSeen: number;
}

/** A removal that some worker may not have applied yet. */
export interface PendingRemoval {
  readonly removal: Removal;
  /** Its number in the log, from 1. */
  readonly number: number;
  /** The worker that has applied it before all others, unless it has ended or there is no order in which they do. */
  readonly origin: SlabSource | undefined;
  /** Where there is no common log: where it was announced, and its number there. */
  readonly announced?: { readonly by: SlabSource; readonly number: number };
}

const decoder = new TextDecoder();

/**
 * A slab that a collector reads. One thread only: the collector's.
 *
 * @example How full a worker's slab is
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Collector, Counter, createSlab, Registry } from "promslab";
 *
 * const slab = createSlab({ slot: 0, epoch: 1 });
 * const worker = new Registry();
 * worker.attach({ slab });
 * const collector = new Collector(new Registry());
 * const source = collector.addSlab(slab);
 * new Counter({ name: "jobs_total", help: "Jobs done.", registry: worker }).inc();
 * [...collector.blocks()];
 * assertEquals(source.status().seriesCount > 0, true);
 * ```
 */
export class SlabSource {
  /** Whether the owner is alive; set by `Collector.setLive()`. */
  live = true;
  /** Whether the directory was found damaged, so that nothing new is learned from it. */
  bad = false;
  /** The worker slot as a label value. */
  readonly worker: string;
  readonly #slab: Slab;
  readonly #directory: DirectoryReader;
  readonly #removals: RemovalQueue;
  readonly #commits: CommitReader;
  /** By the record's ordinal: the series' number in its column. */
  readonly #places: Map<number, number> = new Map();
  /** By the family's number in this slab; `undefined` where its definition conflicts with another. */
  readonly #families: (SourceFamily | undefined)[] = [];
  /** By the family's number: definitions that conflict with another. */
  readonly #refused: Map<number, Descriptor> = new Map();
  /** How many removals do not concern any series of the slab. */
  readonly #removalsPassed: number;

  /**
   * Made by `Collector.addSlab()`.
   *
   * @param slab what to read
   * @param hasLog whether its owner follows a log of removals, which its header says how far; otherwise the header says
   * how many there were before the owner was read by others
   * @internal
   */
  constructor(slab: Slab, hasLog = true) {
    this.#slab = slab;
    this.#removalsPassed = hasLog ? 0 : slabStatus(slab).removalsSeen;
    this.#directory = new DirectoryReader(slab);
    this.#removals = new RemovalQueue(slab);
    this.#commits = new CommitReader(slab);
    this.worker = slab.slot < 0 ? "main" : String(slab.slot);
  }

  /** The worker slot, negative for main. */
  get slot(): number {
    return this.#slab.slot;
  }

  /** The incarnation of the slot, from 1. */
  get epoch(): number {
    return this.#slab.epoch;
  }

  /**
   * The slab itself, for a collector of its own.
   *
   * @internal
   */
  get buffer(): SharedArrayBuffer {
    return this.#slab.buffer as SharedArrayBuffer;
  }

  /** The slab's header: heartbeat, fill, drops. */
  status(): SlabStatus {
    return slabStatus(this.#slab);
  }

  /**
   * Heartbeats of the slab's owner so far, modulo 2 ** 32.
   *
   * @internal
   */
  get beat(): number {
    return slabBeat(this.#slab);
  }

  /** The number of the last removal of this slab's owner that the collector knows. */
  get removalsRead(): number {
    return this.#removals.seen;
  }

  /** The number of the last removal of this slab's owner that the owner knows all others to have acted on. */
  get removalsForgotten(): number {
    return removalsForgotten(this.#slab);
  }

  /** Asks the owner to write no more. */
  fence(): void {
    fenceSlab(this.#slab);
  }

  /**
   * Reads all columns: those of a slab whose owner commits as they were between two commits.
   *
   * @param parse learns what is new in the directory
   * @internal
   */
  read(budget: RetryBudget, parse: () => void): void {
    readCommits([this], budget, { parse });
    for (const { column } of this.columns()) if (!column.readByCommits) column.read(budget);
  }

  /**
   * Whether the owner makes commits.
   *
   * @internal
   */
  get commits(): boolean {
    return this.#commits.isUsed;
  }

  /**
   * Reads the columns whose series may be part of commits. A turn that fails leaves each series right by itself.
   *
   * @param filter names of the families that are wanted; all by default
   * @returns whether all were read at one moment between two commits
   * @internal
   */
  readCommits(
    budget: RetryBudget,
    turn: Turn,
    { parse, filter }: { readonly parse: () => void; readonly filter?: ReadonlySet<string> },
  ): boolean {
    const columns = () => this.#committedColumns(filter);
    return this.#commits.read(budget, { parse, columns }, turn);
  }

  *#committedColumns(filter: ReadonlySet<string> | undefined): Iterable<SlabColumn> {
    for (const { family, column } of this.columns()) {
      if (!column.isCommitted || filter?.has(family.descriptor.name) === false) continue;
      if (!column.readByCommits) {
        column.readByCommits = true;
        family.seriesChanged();
      }
      yield column;
    }
  }

  /** A number that changes when any value of the slab does, but for one case in four thousand million. */
  fingerprint(): number {
    const budget = new RetryBudget();
    let hash = 0x811c9dc5;
    this.read(budget, () => {});
    for (const { column } of this.columns()) {
      const words = new Int32Array(column.values.buffer, 0, 2 * column.count * column.stride);
      for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ words[i], 0x01000193);
    }
    return hash;
  }

  /**
   * The families whose values count.
   *
   * @internal
   */
  columns(): SourceFamily[] {
    return this.#families.filter((family) => family !== undefined);
  }

  /**
   * Learns what is new in the directory.
   *
   * @param learn takes what is found
   * @param newMax the most new records; the next call goes on behind them
   * @returns whether no new record is left
   * @throws {SlabError} If the directory is damaged
   * @internal
   */
  parse(learn: DirectoryListener, newMax = Infinity): boolean {
    acquire(this.#slab);
    const isWhole = this.#directory.read((record) => {
      if (record.kind === RECORD_KIND.FAMILY) this.#addFamily(record, learn);
      else if (record.kind === RECORD_KIND.SERIES) this.#addSeries(record, learn);
      else if (record.kind === RECORD_KIND.REMOVAL) this.#removals.add(record);
      else throw new SlabError(`Cannot read directory record of kind ${record.kind}`);
    }, newMax);
    // WHY not before: a removal is meant for the series that are there by then.
    if (isWhole) this.#removals.take((removal, number) => learn.removal(removal, number, this));
    return isWhole;
  }

  #addFamily(record: DirectoryRecord, learn: DirectoryListener): void {
    if (record.familyId !== this.#families.length) {
      throw new SlabError(
        `Cannot read directory: family ${record.familyId} follows ${this.#families.length} families`,
      );
    }
    const descriptor = readDescriptor(decoder.decode(record.payload));
    const family = learn.familyFor(descriptor);
    if (family === undefined) this.#refused.set(record.familyId, descriptor);
    this.#families.push(family && this.#join(family, descriptor));
  }

  #join(family: MergedFamily, descriptor: Descriptor): SourceFamily {
    const column = new SlabColumn(this.#slab, descriptor);
    family.join(column, this);
    return { family, column };
  }

  /**
   * The definitions of this slab that conflict with others and are left out.
   *
   * @internal
   */
  get refused(): Iterable<Descriptor> {
    return this.#refused.values();
  }

  /**
   * Tries again to have families merged whose definition conflicted with one that is gone now.
   *
   * @param mayFit whether a definition is to be tried
   * @internal
   */
  retryRefused(learn: DirectoryListener, mayFit: (descriptor: Descriptor) => boolean): void {
    const joined = new Set<number>();
    for (const [familyId, descriptor] of this.#refused) {
      const family = mayFit(descriptor) ? learn.familyFor(descriptor) : undefined;
      if (family === undefined) continue;
      this.#refused.delete(familyId);
      this.#families[familyId] = this.#join(family, descriptor);
      joined.add(familyId);
    }
    if (joined.size === 0) return;
    // WHY a reader of its own: the records of its series were passed over.
    new DirectoryReader(this.#slab).read((record) => {
      if (record.kind === RECORD_KIND.SERIES && joined.has(record.familyId)) this.#addSeries(record, learn);
    });
  }

  #addSeries(record: DirectoryRecord, learn: DirectoryListener): void {
    if (record.familyId < 0 || record.familyId >= this.#families.length) {
      throw new SlabError(`Cannot read directory: series of unknown family ${record.familyId}`);
    }
    const target = this.#families[record.familyId];
    if (target === undefined) return;
    const { family, column } = target;
    const known = this.#places.get(record.ordinal);
    family.seriesChanged();
    if (record.reclaimed) {
      if (known !== undefined) column.reclaim(known);
      return;
    }
    const { descriptor } = family;
    if (record.cellOffset + column.cellBytes > this.#slab.u8.length) {
      throw new SlabError(`Cannot read directory: a cell at ${record.cellOffset} ends behind the slab`);
    }
    const labels = decodeLabelValues(record.payload, descriptor.labelNames.length);
    const index = family.seriesIndex({ labels, worker: this.worker });
    const removalsSeen = Math.max(record.removalsSeen, this.#removalsPassed);
    const cell = removalsSeen === record.removalsSeen ? record : { ...record, removalsSeen };
    const k = known ?? column.appendCell(index, cell);
    if (known === undefined) this.#places.set(record.ordinal, k);
    else column.useAnew(k, index, cell);
    if (known !== undefined || record.dormant) family.seriesBegan(index);
    const late = learn.lateRemoval({ source: this, descriptor, labels, removalsSeen });
    if (late !== undefined) column.condemn(k, { number: late.number, reset: late.removal.reset });
  }
}

/**
 * Reads the slabs whose owners commit.
 *
 * @param how.parse learns what is new in a slab's directory
 * @param how.filter names of the families that are wanted; all by default
 */
export function readCommits(
  sources: readonly SlabSource[],
  budget: RetryBudget,
  how: { readonly parse: (source: SlabSource) => void; readonly filter?: ReadonlySet<string> },
): void {
  const committing = sources.filter(({ commits }) => commits);
  budget.takeTurns(committing, (source, turn) => {
    return source.readCommits(budget, turn, { ...how, parse: () => how.parse(source) });
  });
}
