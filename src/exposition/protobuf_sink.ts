/**
 * The binary format: a stream of `io.prometheus.client.MetricFamily` messages, each behind its length.
 *
 * @module
 */
// CONTROL PLANE
import type { Descriptor } from "../model/descriptor.ts";
import type { MetricType } from "../model/metric_type.ts";
import { BodySink, lasting, type PieceSource } from "./body_sink.ts";
import { BlockRenderer } from "./block_renderer.ts";
import { ByteWriter } from "./byte_writer.ts";
import { ChunkPacker } from "./chunk_list.ts";
import { escapeMetricName, type EscapingScheme } from "./escape_name.ts";
import type { Format } from "./format.ts";
import { ProtobufLayout } from "./protobuf_layout.ts";
import { ProtobufWriter } from "./protobuf_writer.ts";
import type { LentBytes } from "./slotted_body.ts";

/** What {@linkcode createProtobufFormat} can vary. */
export interface ProtobufFormatOptions {
  /** What happens to names that are not valid in the classic data model; `underscores` if not given. */
  readonly escaping?: EscapingScheme;
}

/**
 * The binary format. It alone brings native histograms to a Prometheus of today. Infos and statesets are gauges
 * in it, gauge histograms without native buckets are histograms; a family without series leaves no trace.
 *
 * @example Its content type
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createProtobufFormat } from "promslab/exposition";
 *
 * assertEquals(createProtobufFormat().contentType.startsWith("application/vnd.google.protobuf"), true);
 * ```
 */
export function createProtobufFormat(options: ProtobufFormatOptions = {}): Format {
  const { escaping = "underscores" } = options;
  const renderer = new BlockRenderer((descriptor) => new ProtobufLayout(descriptor, escaping));
  const headers = new FamilyHeaders(escaping);
  const packer = new ChunkPacker();
  return {
    contentType: "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; " +
      `encoding=delimited; escaping=${escaping}`,
    sink: () => new BodySink({ source: familySource(renderer, headers), packer, footer: new Uint8Array(0) }),
  };
}

/** Holds a family's metrics back until its last block has come, because their length goes out before them. */
function familySource(renderer: BlockRenderer, headers: FamilyHeaders): PieceSource {
  let metrics: LentBytes[] = [];
  return (samples, add) => {
    if (samples.first) metrics = [];
    if (samples.block.series.length > 0) metrics.push(renderer.render(samples));
    if (!samples.last || metrics.length === 0) return;
    const metricBytes = metrics.reduce((sum, { bytes }) => sum + bytes.length, 0);
    add(lasting(headers.of(samples.descriptor, metricBytes)));
    metrics.forEach(add);
    metrics = [];
  };
}

/** The enum `MetricType`. */
const PROTOBUF_TYPES: Readonly<Record<MetricType, number>> = {
  counter: 0,
  gauge: 1,
  summary: 2,
  unknown: 3,
  histogram: 4,
  gaugehistogram: 5,
  info: 1,
  stateset: 1,
};

/**
 * The type that every reader takes the way it is meant. WHY: of a gauge histogram without native buckets
 * Prometheus 2.42 loses the sum and the suffixes of all names; of a histogram it reads the very same series.
 */
function readableType({ type, native }: Descriptor): MetricType {
  return type === "gaugehistogram" && native === undefined ? "histogram" : type;
}

/** What stands before a family's metrics: the length of it all, name, help, type and unit. */
class FamilyHeaders {
  readonly #escaping: EscapingScheme;
  readonly #last = new WeakMap<Descriptor, { metricBytes: number; header: Uint8Array<ArrayBuffer> }>();

  constructor(escaping: EscapingScheme) {
    this.#escaping = escaping;
  }

  /** The header of a family whose metrics take so many bytes; the same object while they do. */
  of(descriptor: Descriptor, metricBytes: number): Uint8Array<ArrayBuffer> {
    const last = this.#last.get(descriptor);
    if (last?.metricBytes === metricBytes) return last.header;
    const { name, help, type, unit } = descriptor;
    const fields = new ProtobufWriter();
    const fullName = type === "info" && !name.endsWith("_info") ? `${name}_info` : name;
    fields.string(1, escapeMetricName(fullName, this.#escaping));
    if (help !== "") fields.string(2, help);
    fields.uint(3, PROTOBUF_TYPES[readableType(descriptor)]);
    if (unit !== "") fields.string(5, unit);
    const delimited = new ByteWriter(fields.bytes.length + 8);
    new ProtobufWriter(delimited).varint(fields.bytes.length + metricBytes);
    delimited.append(fields.bytes.toBytes());
    const header = delimited.toBytes();
    this.#last.set(descriptor, { metricBytes, header });
    return header;
  }
}
