/**
 * The workers' memory as the main thread keeps it: a slab for each incarnation, read by one collector.
 *
 * @module
 */
// CONTROL PLANE
import type { Collector } from "../../collect/collector.ts";
import type { WorkerWatch } from "../../collect/worker_watch.ts";
import { defaultRegistry } from "../../registry/default_registry.ts";
import type { Attachment } from "../../registry/registry.ts";
import { createControl } from "../../slab/control.ts";
import { createSlab } from "../../slab/slab.ts";
import { pauseEvery, SLICE_MS } from "../scrape/scrape_pass.ts";

/** The memory of one incarnation of a worker slot. Main thread only. */
export interface WorkerSlab {
  /** What the worker is handed. */
  readonly attachment: Attachment;
  /** How many milliseconds the worker's heart had stood still at the last look. */
  heartbeatAgeMs(): number;
  /** Whether the worker has ended and writes no more, so that its totals were folded. */
  isFolded(): boolean;
  /** Says that the worker is gone: its live gauges vanish, all else stays. */
  leave(end: { readonly proven: boolean }): void;
}

/** Whose slab it is. */
export interface SlabPlace {
  /** The worker's place among all, which labels what is told of it. */
  readonly slot: number;
  /** The incarnation of the slot, from 1. */
  readonly epoch: number;
  /** Whether a thread that beats writes it, which is then watched and counted as a worker. Default true. */
  readonly beats?: boolean;
}

/** What gives workers their memory. */
export interface SlabKeeper {
  /** Makes the slab of a new incarnation and adds it to what is gathered. */
  open(place: SlabPlace): WorkerSlab;
}

/** What {@linkcode WorkerSlabs} works with. */
export interface WorkerSlabsParts {
  readonly collector: Collector;
  readonly watch: WorkerWatch;
  /** Address space of each slab, in bytes. */
  readonly slabBytes?: number;
  /** Runs a change of the collector when no scrape is under way; none begins before it has ended. */
  readonly exclusively: (change: () => Promise<void>) => void;
}

/** Slabs in one collector. Main thread only. */
export class WorkerSlabs implements SlabKeeper {
  readonly #parts: WorkerSlabsParts;
  readonly #control = createControl();

  constructor(parts: WorkerSlabsParts) {
    this.#parts = parts;
    defaultRegistry.adoptControl(this.#control);
  }

  open({ slot, epoch, beats = true }: SlabPlace): WorkerSlab {
    const { collector, watch, slabBytes, exclusively } = this.#parts;
    const slab = createSlab({ bytes: slabBytes, slot, epoch });
    const source = collector.addSlab(slab);
    if (beats) watch.add(source);
    // WHY: removals are announced in the slab of the thread that gathers, which every worker reads.
    const log = defaultRegistry.slab.buffer as SharedArrayBuffer;
    return {
      attachment: { slab, control: this.#control, log },
      heartbeatAgeMs: () => watch.heartbeatAgeMs(source),
      isFolded: () => !watch.workers.has(source),
      leave: ({ proven }) =>
        exclusively(async () => {
          // WHY: what nobody has scraped yet takes seconds to learn where it is 100 000s of series.
          await collector.learn(pauseEvery(SLICE_MS));
          if (proven) watch.ended(source);
          else watch.assumeEnded(source);
        }),
    };
  }
}
