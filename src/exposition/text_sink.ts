/**
 * The text format, in its versions 0.0.4 and 1.0.0.
 *
 * @module
 */
// CONTROL PLANE
import type { Descriptor } from "../model/descriptor.ts";
import type { MetricType } from "../model/metric_type.ts";
import type { FamilySamples } from "../model/samples.ts";
import type { ByteWriter } from "./byte_writer.ts";
import { escapeMetricName, type EscapingScheme } from "./escape_name.ts";
import { escapeHelp, quoteMetricName } from "./escape_text.ts";
import type { Format } from "./format.ts";
import { createLineFormat, type LineFamily } from "./line_format.ts";
import { sampleLines } from "./sample_lines.ts";
import { formatFloat, NUMBER_BYTES_MAX, writeFloat } from "./number_writer.ts";

/** What {@linkcode createTextFormat} can vary. */
export interface TextFormatOptions {
  /** The version to name in the content type; `1.0.0` is what has quoted names. */
  readonly version?: "0.0.4" | "1.0.0";
  /** What happens to names that need quotes; `underscores` if not given. */
  readonly escaping?: EscapingScheme;
}

/**
 * The text format. It knows neither units nor exemplars nor creation times, and fewer types than there are:
 * infos and statesets are gauges in it, gauge histograms are histograms.
 *
 * @example Its content type
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createTextFormat } from "promslab/exposition";
 *
 * assertEquals(createTextFormat().contentType.startsWith("text/plain; version=0.0.4"), true);
 * ```
 */
export function createTextFormat(options: TextFormatOptions = {}): Format {
  const { version = "0.0.4", escaping = "underscores" } = options;
  return createLineFormat({
    contentType: `text/plain; version=${version}; charset=utf-8; escaping=${escaping}`,
    escaping,
    footer: "",
    formatCreated: formatFloat,
    family: (descriptor) => textFamily(descriptor, escaping),
  });
}

/** The words of the text format for our types. */
const TEXT_TYPES: Readonly<Record<MetricType, string>> = {
  counter: "counter",
  gauge: "gauge",
  histogram: "histogram",
  summary: "summary",
  info: "gauge",
  stateset: "gauge",
  gaugehistogram: "histogram",
  unknown: "untyped",
};

function textFamily(descriptor: Descriptor, escaping: EscapingScheme): LineFamily {
  const name = escapeMetricName(sampleNameOf(descriptor), escaping);
  const quoted = quoteMetricName(name);
  const help = descriptor.help === "" ? "" : `# HELP ${quoted} ${escapeHelp(descriptor.help)}\n`;
  return {
    header: `${help}# TYPE ${quoted} ${TEXT_TYPES[descriptor.type]}\n`,
    lines: sampleLines(descriptor, {
      name,
      stateLabel: descriptor.name,
      escaping,
      float: writeValue,
      total: writeValue,
      count: writeValue,
      bucket: writeValue,
      formatBound: formatFloat,
      sumAndCount: ["_sum", "_count"],
    }),
  };
}

/** The name of an info's samples ends in `_info`, whether or not the family's does. */
function sampleNameOf({ name, type }: Descriptor): string {
  return type === "info" && !name.endsWith("_info") ? `${name}_info` : name;
}

function writeValue(writer: ByteWriter, samples: FamilySamples, index: number): void {
  writer.reserve(NUMBER_BYTES_MAX);
  writer.length = writeFloat(writer.bytes, writer.length, samples.values[index]);
}
