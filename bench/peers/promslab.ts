/**
 * promslab itself, in one thread: a registry with a slab of its own, gathered by a collector of its own.
 *
 * @module
 */
import { Collector, Counter, createSlab, Gauge, Histogram, Registry, Summary } from "../../mod.ts";
import { createTextFormat } from "../../src/exposition/text_sink.ts";
import type { Body, Library } from "./prom_client_api.ts";

/** The name that reports show. */
export const PROMSLAB = "promslab";

/** Makes the adapter. With `attach`, it writes into a slab that another thread reads. */
export function loadPromslab(
  { slabBytes, attach }: { slabBytes?: number; attach?: SharedArrayBuffer } = {},
): Library {
  const registry = new Registry({ slabBytes });
  if (attach !== undefined) registry.attach({ slab: attach });
  const scrape = scraperOf(new Collector(registry));
  return {
    name: PROMSLAB,
    version: "this commit",
    counter: (options) => new Counter({ ...options, registry }),
    gauge: (options) => new Gauge({ ...options, registry }),
    histogram: (options) => new Histogram({ ...options, registry }),
    nativeHistogram: (options) =>
      new Histogram({ ...options, buckets: [], native: { factor: 1.1 }, registry }),
    // WHY: a window of ten minutes would be rotated by no peer here, so all of them look back for ever.
    summary: ({ percentiles, ...options }) =>
      new Summary({ ...options, quantiles: percentiles, windowSeconds: 0, registry }),
    scrape,
  };
}

/** Several slabs as several workers fill them, and the scrape of all. */
export function loadPromslabSlabs(
  slabCount: number,
  slabBytes: number,
): { workers: Library[]; scrape: () => Body } {
  const collector = new Collector(new Registry());
  const workers = Array.from({ length: slabCount }, (_, slot) => {
    const slab = createSlab({ slot, bytes: slabBytes });
    collector.addSlab(slab);
    return loadPromslab({ attach: slab });
  });
  return { workers, scrape: scraperOf(collector) };
}

function scraperOf(collector: Collector): () => Body {
  const format = createTextFormat();
  let lent: { release(): void } | undefined;
  return () => {
    // The last body is out when the next scrape comes, as in a server that has sent it.
    lent?.release();
    const sink = format.sink();
    collector.gather(sink);
    lent = sink;
    return sink.finish();
  };
}
