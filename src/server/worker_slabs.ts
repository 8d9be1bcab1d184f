/**
 * The workers' memory as the main thread keeps it: a slab for each incarnation, read by one collector.
 *
 * @module
 */
import type { Collector } from "../collect/collector.ts";
import type { Attachment } from "../registry/registry.ts";
import { createControl } from "../slab/control.ts";
import { createSlab } from "../slab/slab.ts";

/** The memory of one incarnation of a worker slot. Main thread only. */
export interface WorkerSlab {
  /** What the worker is handed. */
  readonly attachment: Attachment;
  /** A number that changes with every heartbeat of the worker. */
  beat(): number;
  /** Says that the worker is gone: its live gauges vanish, all else stays. */
  leave(end: { readonly proven: boolean }): void;
}

/** What gives workers their memory. */
export interface SlabKeeper {
  /** Makes the slab of a new incarnation and adds it to what is gathered. */
  open(place: { readonly slot: number; readonly epoch: number }): WorkerSlab;
}

/**
 * For how long a slab whose worker is only assumed to have ended is read on. The worker is fenced and was told to
 * end; what it still counts until then is not lost.
 */
const QUARANTINE_MS = 60_000;

/** Slabs in one collector. Main thread only. */
export class WorkerSlabs implements SlabKeeper {
  readonly #collector: Collector;
  readonly #slabBytes: number | undefined;
  readonly #control = createControl();
  readonly #exclusively: (change: () => void) => void;

  /**
   * @param options.exclusively runs a change of the collector when no scrape is under way
   */
  constructor(
    collector: Collector,
    options: { readonly slabBytes?: number; readonly exclusively: (change: () => void) => void },
  ) {
    this.#collector = collector;
    this.#slabBytes = options.slabBytes;
    this.#exclusively = options.exclusively;
  }

  open(place: { readonly slot: number; readonly epoch: number }): WorkerSlab {
    const slab = createSlab({ bytes: this.#slabBytes, ...place });
    const source = this.#collector.addSlab(slab);
    return {
      attachment: { slab, control: this.#control },
      beat: () => source.status().beat,
      leave: ({ proven }) => {
        this.#exclusively(() => this.#collector.setLive(source, false));
        const retire = () => this.#exclusively(() => this.#collector.retire(source));
        if (proven) retire();
        else unreference(setTimeout(retire, QUARANTINE_MS));
      },
    };
  }
}

/** Lets the process end although the timer is set. */
function unreference(timer: unknown): void {
  (timer as { unref?: () => void }).unref?.();
}
