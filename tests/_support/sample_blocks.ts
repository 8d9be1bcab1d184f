/**
 * Families of samples made by hand, for tests of formats.
 *
 * @module
 */
import type { Descriptor } from "../../src/model/descriptor.ts";
import {
  type FamilySamples,
  type NativeHistogram,
  type SeriesBlock,
  strideOf,
} from "../../src/model/samples.ts";
import type { Format } from "../../src/exposition/format.ts";

/** A descriptor of which only the interesting parts are given. */
export function descriptorOf(parts: Partial<Descriptor> & Pick<Descriptor, "name" | "type">): Descriptor {
  return {
    help: "",
    unit: "",
    labelNames: [],
    constLabels: {},
    mode: "livesum",
    buckets: [],
    quantiles: [],
    relativeError: 0.01,
    windowSeconds: 0,
    states: [],
    exemplars: false,
    maxSeries: 10_000,
    ttlSeconds: 0,
    ...parts,
  };
}

/** A family of one block that remembers its series, so that each scrape of it hands out the same block. */
export class TestFamily {
  readonly descriptor: Descriptor;
  readonly block: SeriesBlock;

  constructor(
    parts: Partial<Descriptor> & Pick<Descriptor, "name" | "type">,
    series: readonly string[][] = [[]],
  ) {
    this.descriptor = descriptorOf(parts);
    this.block = { labelNames: this.descriptor.labelNames, series };
  }

  /** The family's samples with the given values, all columns of a series before the next series. */
  samples(values: readonly number[], more: Partial<FamilySamples> = {}): FamilySamples {
    return {
      descriptor: this.descriptor,
      block: this.block,
      first: true,
      last: true,
      stride: strideOf(this.descriptor),
      values: Float64Array.from(values),
      ...more,
    };
  }
}

/** A native histogram with nothing observed, of the schema whose buckets grow by the eighth root of two. */
export const EMPTY_NATIVE: NativeHistogram = {
  schema: 3,
  zeroThreshold: 0,
  zeroCount: 0,
  count: 0,
  sum: 0,
  positiveKeys: new Int32Array(),
  positiveCounts: new Float64Array(),
  negativeKeys: new Int32Array(),
  negativeCounts: new Float64Array(),
  exemplars: [],
};

const decoder = new TextDecoder();

/** One scrape of a format, as chunks. */
export function chunksOf(
  format: Format,
  families: Iterable<FamilySamples>,
): readonly Uint8Array<ArrayBuffer>[] {
  const sink = format.sink();
  for (const samples of families) sink.samples(samples);
  return sink.finish();
}

/** One scrape of a format, as bytes. */
export function bytesOf(format: Format, families: Iterable<FamilySamples>): Uint8Array<ArrayBuffer> {
  return joined(chunksOf(format, families));
}

/** Chunks as one run of bytes. */
export function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

/** One scrape of a format, as text. */
export function textOf(format: Format, families: Iterable<FamilySamples>): string {
  return decoder.decode(bytesOf(format, families));
}
