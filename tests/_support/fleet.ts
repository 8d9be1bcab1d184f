/**
 * Workers without threads: each has a registry and a slab of its own, and one collector reads them all.
 *
 * @module
 */
import { Collector } from "../../src/collect/collector.ts";
import type { CollectorOptions } from "../../src/collect/collector_options.ts";
import type { SlabSource } from "../../src/collect/slab_source.ts";
import type { Descriptor } from "../../src/model/descriptor.ts";
import type { FamilySamples } from "../../src/model/samples.ts";
import { Registry } from "../../src/registry/registry.ts";
import { createControl } from "../../src/slab/control.ts";
import { createSlab } from "../../src/slab/slab.ts";

/** Room for some hundred series. */
export const SMALL_SLAB_BYTES = 256 * 1024;

/** Samples by name and labels, as the text format would write them: `jobs_total{queue="a"}`. */
export type Samples = Map<string, number>;

/** One simulated incarnation of a worker slot. */
export interface FleetWorker {
  readonly slot: number;
  readonly epoch: number;
  readonly buffer: SharedArrayBuffer;
  /** The worker's side: metrics are defined here. */
  readonly registry: Registry;
  /** The collector's side. */
  readonly source: SlabSource;
}

/** Some workers and the collector that reads them. */
export class Fleet {
  readonly control: SharedArrayBuffer = createControl();
  readonly problems: string[] = [];
  /** The registry of the thread that collects. */
  readonly main: Registry = new Registry({ slabBytes: SMALL_SLAB_BYTES });
  readonly collector: Collector;
  readonly #epochs = new Map<number, number>();

  constructor(options: CollectorOptions = {}) {
    this.collector = new Collector(this.main, {
      onProblem: (message) => this.problems.push(message),
      ...options,
    });
  }

  /** Starts the next incarnation of a slot. */
  start(
    slot: number,
    options: { bytes?: number; now?: () => number; wallNow?: () => number } = {},
  ): FleetWorker {
    const epoch = (this.#epochs.get(slot) ?? 0) + 1;
    this.#epochs.set(slot, epoch);
    const buffer = createSlab({ slot, epoch, bytes: options.bytes ?? SMALL_SLAB_BYTES });
    const registry = new Registry({ now: options.now, wallNow: options.wallNow });
    registry.attach({ slab: buffer, control: this.control, log: this.main.slab.buffer as SharedArrayBuffer });
    return { slot, epoch, buffer, registry, source: this.collector.addSlab(buffer) };
  }

  /** Ends a worker as one whose end is proven. */
  end(worker: FleetWorker): void {
    this.collector.retire(worker.source);
  }

  /** One scrape. */
  scrape(filter?: ReadonlySet<string>): Samples {
    return samplesOf(this.collector.blocks(filter));
  }
}

/** The samples of some blocks; a sample that comes twice is an error. */
export function samplesOf(blocks: Iterable<FamilySamples>): Samples {
  const samples: Samples = new Map();
  const add = (name: string, value: number) => {
    if (samples.has(name)) throw new Error(`Cannot collect samples: "${name}" comes twice`);
    samples.set(name, value);
  };
  for (const { descriptor, block, stride, values } of blocks) {
    block.series.forEach((labelValues, i) => {
      const labels = block.labelNames.map((name, k) => `${name}=${JSON.stringify(labelValues[k])}`);
      const own = values.subarray(i * stride, (i + 1) * stride);
      for (const [suffix, extra, value] of linesOf(descriptor, own)) {
        add(nameWith(`${descriptor.name}${suffix}`, [...labels, ...extra]), value);
      }
    });
  }
  return samples;
}

type Line = [suffix: string, labels: readonly string[], value: number];

/** The samples of one series: what follows the family's name, the labels besides the series' own, the value. */
function linesOf(descriptor: Descriptor, values: Float64Array): Line[] {
  const { name, type, buckets, quantiles, states } = descriptor;
  switch (type) {
    case "histogram":
    case "gaugehistogram": {
      const g = type === "histogram" ? "" : "g";
      return [
        ...[...buckets, "+Inf"].map((bound, k): Line => ["_bucket", [`le="${bound}"`], values[k]]),
        [`_${g}count`, [], values[buckets.length]],
        [`_${g}sum`, [], values[buckets.length + 1]],
      ];
    }
    case "summary":
      return [
        ...quantiles.map((quantile, k): Line => ["", [`quantile="${quantile}"`], values[k]]),
        ["_sum", [], values[quantiles.length]],
        ["_count", [], values[quantiles.length + 1]],
      ];
    case "stateset":
      return states.map((state, k): Line => ["", [`${name}="${state}"`], values[k]]);
    default:
      return [["", [], values[0]]];
  }
}

function nameWith(name: string, labels: readonly string[]): string {
  return labels.length === 0 ? name : `${name}{${labels.join(",")}}`;
}
