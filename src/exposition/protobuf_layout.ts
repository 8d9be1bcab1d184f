/**
 * Where the changing bytes of the binary format are.
 *
 * @module
 */
// CONTROL PLANE
import type { Descriptor } from "../model/descriptor.ts";
import { type FamilySamples, type SeriesBlock, strideOf } from "../model/samples.ts";
import type { FamilyLayout, Skeleton } from "./block_renderer.ts";
import { escapeLabelName, type EscapingScheme } from "./escape_name.ts";
import { sortedPairs } from "./label_pairs.ts";
import {
  type MetricSource,
  writeCounter,
  writeHistogram,
  writeLabel,
  writeSummary,
  writeTimestamp,
} from "./protobuf_metric.ts";
import { ProtobufWriter } from "./protobuf_writer.ts";

/** The field `metric` of a `MetricFamily`. */
const METRIC_FIELD = 4;

/** The fields of a `Metric` that hold a bare value. */
const VALUE_FIELDS = { gauge: 2, counter: 3, unknown: 5 } as const;

const DOUBLE_BYTES = 8;

/** Where the fields of each type's value are, and what writes them. */
const WRITERS = {
  counter: writeCounter,
  summary: writeSummary,
  histogram: writeHistogram,
  gaugehistogram: writeHistogram,
} as const;

/**
 * The layout of one family. Where all that changes is one value, the slot is the eight bytes of it, so a scrape
 * overwrites them and nothing moves. Any other metric is one slot, from its tag to its end.
 */
export class ProtobufLayout implements FamilyLayout {
  readonly slotColumns: readonly (readonly [first: number, end: number])[];
  readonly showsCreated: boolean;
  readonly showsNatives: boolean;
  readonly #descriptor: Descriptor;
  readonly #escaping: EscapingScheme;
  /** What writes whole metrics, if the slots are not bare values. */
  readonly #writeMetric: ((out: ProtobufWriter, source: MetricSource) => void) | undefined;

  constructor(descriptor: Descriptor, escaping: EscapingScheme) {
    const { type, exemplars } = descriptor;
    const stride = strideOf(descriptor);
    this.#descriptor = descriptor;
    this.#escaping = escaping;
    if (type in WRITERS && !(type === "counter" && !exemplars)) {
      this.#writeMetric = WRITERS[type as keyof typeof WRITERS];
    }
    this.slotColumns = this.#writeMetric === undefined
      ? Array.from({ length: stride }, (_, column) => [column, column + 1] as const)
      : [[0, stride]];
    this.showsCreated = type === "counter" || type === "histogram" || type === "summary";
    this.showsNatives = descriptor.native !== undefined;
  }

  skeleton(samples: FamilySamples): Skeleton {
    return this.#writeMetric === undefined
      ? this.#bareSkeleton(samples)
      : this.#wholeSkeleton(samples, this.#writeMetric);
  }

  /** A body that lacks only the values. */
  #bareSkeleton(samples: FamilySamples): Skeleton {
    const { type, name, states } = this.#descriptor;
    const field = type === "counter" || type === "unknown" ? VALUE_FIELDS[type] : VALUE_FIELDS.gauge;
    const writeLabels = labelWriter(this.#descriptor, samples.block, this.#escaping);
    const stateLabel = escapeLabelName(name, this.#escaping);
    const out = new ProtobufWriter();
    const slotOffsets = new Int32Array(samples.block.series.length * this.slotColumns.length);
    let slot = 0;
    samples.block.series.forEach((values, series) => {
      for (let k = 0; k < this.slotColumns.length; k++) {
        const metric = out.begin(METRIC_FIELD);
        writeLabels(out, values);
        if (type === "stateset") writeLabel(out, { name: stateLabel, value: states[k] });
        const value = out.begin(field);
        if (type === "counter") writeTimestamp(out, 3, samples.created?.[series] ?? 0);
        out.double(1, 0);
        out.end(value);
        out.end(metric);
        // WHY: the value is the last thing in its message, and that the last in the metric.
        out.bytes.length -= DOUBLE_BYTES;
        slotOffsets[slot++] = out.bytes.length;
      }
    });
    const values = new ProtobufWriter();
    return {
      bytes: out.bytes.toBytes(),
      slotOffsets,
      slotWriters: this.slotColumns.map(() => (writer, samples, index) => {
        values.target(writer).fixed64(samples.values[index]);
      }),
    };
  }

  /** A body that is empty until its slots are filled; what stays of each metric are the bytes of its labels. */
  #wholeSkeleton(
    samples: FamilySamples,
    writeMetric: (out: ProtobufWriter, source: MetricSource) => void,
  ): Skeleton {
    const descriptor = this.#descriptor;
    const escaping = this.#escaping;
    const writeLabels = labelWriter(descriptor, samples.block, escaping);
    const labels = new ProtobufWriter();
    const labelEnds = samples.block.series.map((values) => {
      writeLabels(labels, values);
      return labels.bytes.length;
    });
    const labelBytes = labels.bytes.toBytes();
    const out = new ProtobufWriter();
    return {
      bytes: new Uint8Array(0),
      slotOffsets: new Int32Array(labelEnds.length),
      slotWriters: [(writer, samples, index) => {
        const series = index / samples.stride;
        const metric = out.target(writer).begin(METRIC_FIELD);
        writer.append(labelBytes.subarray(labelEnds[series - 1] ?? 0, labelEnds[series]));
        writeMetric(out, { descriptor, samples, series, escaping });
        out.end(metric);
      }],
    };
  }
}

/** Writes the labels of each series of a block: constant ones among them, sorted by name. */
function labelWriter(
  descriptor: Descriptor,
  block: SeriesBlock,
  escaping: EscapingScheme,
): (out: ProtobufWriter, values: readonly string[]) => void {
  const pairs = sortedPairs(descriptor, block, escaping);
  return (out, values) => {
    for (const { name, index, value } of pairs) {
      writeLabel(out, { name, value: index < 0 ? value : values[index] });
    }
  };
}
