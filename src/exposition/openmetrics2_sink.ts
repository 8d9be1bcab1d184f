/**
 * OpenMetrics 2.0.0, as of its release candidate of March 2026: a family's name is its samples' name, and a
 * histogram or summary is one line.
 *
 * @module
 */
// CONTROL PLANE
import type { Descriptor } from "../model/descriptor.ts";
import { type Exemplar, type FamilySamples, type NativeHistogram, strideOf } from "../model/samples.ts";
import type { SlotWriter } from "./block_renderer.ts";
import type { ByteWriter } from "./byte_writer.ts";
import { escapeMetricName, type EscapingScheme } from "./escape_name.ts";
import { escapeQuoted, quoteMetricName } from "./escape_text.ts";
import { formatExemplar, formatTimestamp } from "./exemplar_text.ts";
import { type Format, isKnownTime } from "./format.ts";
import { createLineFormat, type LineFamily, type LineTemplate } from "./line_format.ts";
import { type SpannedBuckets, toSpans } from "./native_spans.ts";
import { formatFloat, NUMBER_BYTES_MAX, writeCount, writeOpenMetricsFloat } from "./number_writer.ts";
import { sampleLines } from "./sample_lines.ts";

/** What {@linkcode createOpenMetrics2Format} can vary. */
export interface OpenMetrics2FormatOptions {
  /** What happens to names that need quotes; `underscores` if not given. */
  readonly escaping?: EscapingScheme;
}

/**
 * OpenMetrics 2.0.0: all types, native buckets as text, start times and any number of exemplars on each line.
 *
 * @example Its content type
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createOpenMetrics2Format } from "promslab/exposition";
 *
 * assertEquals(createOpenMetrics2Format().contentType.startsWith("application/openmetrics-text; version=2.0.0"), true);
 * ```
 */
export function createOpenMetrics2Format(options: OpenMetrics2FormatOptions = {}): Format {
  const { escaping = "underscores" } = options;
  return createLineFormat({
    contentType: `application/openmetrics-text; version=2.0.0; charset=utf-8; escaping=${escaping}`,
    escaping,
    footer: "# EOF\n",
    formatCreated: formatTimestamp,
    family: (descriptor) => openMetrics2Family(descriptor, escaping),
  });
}

function openMetrics2Family(descriptor: Descriptor, escaping: EscapingScheme): LineFamily {
  const { type, unit, help } = descriptor;
  const fullName = type === "info" && !descriptor.name.endsWith("_info")
    ? `${descriptor.name}_info`
    : descriptor.name;
  const name = escapeMetricName(fullName, escaping);
  const quoted = quoteMetricName(name);
  const hasUnit = unit !== "" && type !== "info" && type !== "stateset";
  return {
    header: `# TYPE ${quoted} ${type}\n` +
      (hasUnit ? `# UNIT ${quoted} ${unit}\n` : "") +
      (help === "" ? "" : `# HELP ${quoted} ${escapeQuoted(help)}\n`),
    lines: openMetrics2Lines(descriptor, { name, escaping }),
    showsCreated: type === "counter" || type === "histogram" || type === "summary",
    showsNatives: descriptor.native !== undefined,
  };
}

function openMetrics2Lines(
  descriptor: Descriptor,
  { name, escaping }: { name: string; escaping: EscapingScheme },
): readonly LineTemplate[] {
  const endColumn = strideOf(descriptor);
  switch (descriptor.type) {
    case "histogram":
    case "gaugehistogram":
      return [{ name, column: 0, endColumn, write: histogramWriter(descriptor, escaping) }];
    case "summary":
      return [{ name, column: 0, endColumn, write: summaryWriter(descriptor) }];
    default:
      return sampleLines(descriptor, {
        name,
        stateLabel: descriptor.name,
        escaping,
        float: writeValue,
        total: totalWriter(escaping),
        count: writeInteger,
        bucket: writeInteger,
        formatBound: formatFloat,
      });
  }
}

function writeValue(writer: ByteWriter, samples: FamilySamples, index: number): void {
  writer.reserve(NUMBER_BYTES_MAX);
  writer.length = writeOpenMetricsFloat(writer.bytes, writer.length, samples.values[index]);
}

function writeInteger(writer: ByteWriter, samples: FamilySamples, index: number): void {
  writer.reserve(NUMBER_BYTES_MAX);
  writer.length = writeCount(writer.bytes, writer.length, samples.values[index]);
}

function totalWriter(escaping: EscapingScheme): SlotWriter {
  return (writer, samples, index) => {
    writeValue(writer, samples, index);
    writer.text(startText(samples, index) + exemplarText([samples.exemplars?.get(index)], escaping));
  };
}

function summaryWriter({ quantiles }: Descriptor): SlotWriter {
  return (writer, samples, index) => {
    const { values, stride } = samples;
    const sum = index + quantiles.length;
    const pairs = quantiles.map((quantile, i) =>
      `${formatFloat(quantile)}:${formatFloat(values[index + i])}`
    );
    writer.text(
      `{count:${formatCount(values[sum + 1])},sum:${formatFloat(values[sum])},quantile:[${
        pairs.join(",")
      }]}` +
        startText(samples, index / stride),
    );
  };
}

function histogramWriter(
  { buckets, type, native: hasNative }: Descriptor,
  escaping: EscapingScheme,
): SlotWriter {
  const gauge = type === "gaugehistogram" ? "g" : "";
  const bounds = [...buckets, Infinity].map(formatFloat);
  const hasClassic = buckets.length > 0 || hasNative === undefined;
  return (writer, samples, index) => {
    const { values, stride, natives, exemplars } = samples;
    const series = index / stride;
    const infinite = index + buckets.length;
    const native = natives?.[series];
    const count = native?.count ?? values[infinite];
    let text = `{${gauge}count:${formatCount(count)},${gauge}sum:${
      formatFloat(native?.sum ?? values[infinite + 1])
    }`;
    if (native !== undefined) text += nativeText(native);
    if (hasClassic || native === undefined) {
      const pairs = bounds.map((bound, i) => `${bound}:${formatCount(values[index + i])}`);
      text += `,bucket:[${pairs.join(",")}]`;
    }
    text += "}";
    if (gauge === "") text += startText(samples, series);
    const classic = bounds.map((_, i) => exemplars?.get(index + i));
    const hasAny = classic.some((exemplar) => exemplar !== undefined);
    writer.text(text + exemplarText(hasAny ? classic : native?.exemplars ?? [], escaping));
  };
}

function nativeText(native: NativeHistogram): string {
  return `,schema:${native.schema},zero_threshold:${formatFloat(native.zeroThreshold)}` +
    `,zero_count:${formatCount(native.zeroCount)}` +
    spansText("negative", toSpans(native.negativeKeys, native.negativeCounts)) +
    spansText("positive", toSpans(native.positiveKeys, native.positiveCounts));
}

function spansText(side: "negative" | "positive", { spans, counts }: SpannedBuckets): string {
  if (spans.length === 0) return "";
  const pairs = spans.map(({ offset, length }) => `${offset}:${length}`);
  return `,${side}_spans:[${pairs.join(",")}],${side}_buckets:[${counts.map(formatCount).join(",")}]`;
}

/** When a series began to count, if that is known. */
function startText(samples: FamilySamples, series: number): string {
  const seconds = samples.created?.[series] ?? 0;
  return isKnownTime(seconds) ? ` st@${formatTimestamp(seconds)}` : "";
}

/** Exemplars one after the other; one without a timestamp is left out, as the format demands it. */
function exemplarText(exemplars: readonly (Exemplar | undefined)[], escaping: EscapingScheme): string {
  let text = "";
  for (const exemplar of exemplars) {
    if (exemplar === undefined || !isKnownTime(exemplar.timestamp)) continue;
    text += formatExemplar(exemplar, escaping);
  }
  return text;
}

function formatCount(count: number): string {
  return Number.isInteger(count) && count < 1e21 ? String(count) : formatFloat(count);
}
