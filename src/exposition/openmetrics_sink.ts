/**
 * OpenMetrics 1.0.0, and 0.0.1, which differs in its name only.
 *
 * @module
 */
// CONTROL PLANE
import type { Descriptor } from "../model/descriptor.ts";
import type { MetricType } from "../model/metric_type.ts";
import type { FamilySamples } from "../model/samples.ts";
import type { SlotWriter } from "./block_renderer.ts";
import type { ByteWriter } from "./byte_writer.ts";
import { escapeMetricName, type EscapingScheme } from "./escape_name.ts";
import { escapeQuoted, quoteMetricName } from "./escape_text.ts";
import { EXEMPLAR_CODE_POINTS_MAX } from "../model/exemplar_labels.ts";
import { exemplarCodePoints, formatExemplar } from "./exemplar_text.ts";
import type { Format } from "./format.ts";
import { createLineFormat, type LineFamily } from "./line_format.ts";
import {
  formatOpenMetricsFloat,
  NUMBER_BYTES_MAX,
  writeCount,
  writeOpenMetricsFloat,
} from "./number_writer.ts";
import { sampleLines } from "./sample_lines.ts";

/** What {@linkcode createOpenMetricsFormat} can vary. */
export interface OpenMetricsFormatOptions {
  /** The version to name in the content type. */
  readonly version?: "0.0.1" | "1.0.0";
  /** What happens to names that need quotes; `underscores` if not given. */
  readonly escaping?: EscapingScheme;
  /**
   * Whether `_created` lines tell when series began to count; false if not given, as most scrapers take such
   * lines for series of their own.
   */
  readonly created?: boolean;
}

/**
 * OpenMetrics 1.0.0: all types, units, exemplars, and creation times if asked for.
 *
 * @example Its content type
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createOpenMetricsFormat } from "promslab/exposition";
 *
 * assertEquals(createOpenMetricsFormat().contentType.startsWith("application/openmetrics-text; version=1.0.0"), true);
 * ```
 */
export function createOpenMetricsFormat(options: OpenMetricsFormatOptions = {}): Format {
  const { version = "1.0.0", escaping = "underscores", created = false } = options;
  const exemplars = exemplarWriter(escaping);
  return createLineFormat({
    contentType: `application/openmetrics-text; version=${version}; charset=utf-8; escaping=${escaping}`,
    escaping,
    footer: "# EOF\n",
    formatCreated: formatOpenMetricsFloat,
    family: (descriptor) => openMetricsFamily(descriptor, { escaping, created, exemplars }),
  });
}

/** How a type's samples are named: what the family's name lacks, and what the sum and the count add. */
interface TypeNames {
  readonly suffix?: string;
  readonly sumAndCount?: readonly [sum: string, count: string];
  readonly hasCreated?: boolean;
}

const TYPE_NAMES: Readonly<Record<MetricType, TypeNames>> = {
  counter: { suffix: "_total", hasCreated: true },
  gauge: {},
  histogram: { sumAndCount: ["_sum", "_count"], hasCreated: true },
  summary: { hasCreated: true },
  info: { suffix: "_info" },
  stateset: {},
  gaugehistogram: { sumAndCount: ["_gsum", "_gcount"] },
  unknown: {},
};

interface FamilyOptions {
  readonly escaping: EscapingScheme;
  readonly created: boolean;
  readonly exemplars: ExemplarWriter;
}

function openMetricsFamily(descriptor: Descriptor, options: FamilyOptions): LineFamily {
  const { escaping, created, exemplars } = options;
  const type = openMetricsType(descriptor);
  const { suffix = "", sumAndCount, hasCreated = false } = TYPE_NAMES[type];
  const escaped = escapeMetricName(descriptor.name, escaping);
  const name = suffix !== "" && escaped.endsWith(suffix) ? escaped.slice(0, -suffix.length) : escaped;
  return {
    header: openMetricsHeader(descriptor, { name, type }),
    lines: sampleLines(descriptor, {
      name: name + suffix,
      stateLabel: descriptor.name,
      escaping,
      float: writeValue,
      total: type === "counter" ? withExemplar(writeValue, exemplars) : writeValue,
      count: writeInteger,
      bucket: type === "histogram" || type === "gaugehistogram"
        ? withExemplar(writeInteger, exemplars)
        : writeInteger,
      formatBound: formatOpenMetricsFloat,
      // WHY: the specification forbids a sum beside negative bounds, and a count without a sum.
      sumAndCount: type === "histogram" && descriptor.buckets[0] < 0 ? undefined : sumAndCount,
    }),
    createdName: created && hasCreated ? `${name}_created` : undefined,
  };
}

/** A counter's samples must end in `_total`; one that does not is exposed as what may have any name. */
function openMetricsType({ name, type }: Descriptor): MetricType {
  return type === "counter" && !name.endsWith("_total") ? "unknown" : type;
}

function openMetricsHeader(descriptor: Descriptor, family: { name: string; type: MetricType }): string {
  const quoted = quoteMetricName(family.name);
  const { unit, help } = descriptor;
  // WHY: parsers reject a unit that the name does not end in, and one of an info or a stateset.
  const hasUnit = unit !== "" && family.name.endsWith(`_${unit}`) &&
    family.type !== "info" && family.type !== "stateset";
  return `# TYPE ${quoted} ${family.type}\n` +
    (hasUnit ? `# UNIT ${quoted} ${unit}\n` : "") +
    (help === "" ? "" : `# HELP ${quoted} ${escapeQuoted(help)}\n`);
}

function writeValue(writer: ByteWriter, samples: FamilySamples, index: number): void {
  writer.reserve(NUMBER_BYTES_MAX);
  writer.length = writeOpenMetricsFloat(writer.bytes, writer.length, samples.values[index]);
}

function writeInteger(writer: ByteWriter, samples: FamilySamples, index: number): void {
  writer.reserve(NUMBER_BYTES_MAX);
  writer.length = writeCount(writer.bytes, writer.length, samples.values[index]);
}

type ExemplarWriter = (writer: ByteWriter, samples: FamilySamples, index: number) => void;

/** Writes the exemplar at an index, if there is one that is not too long: a scraper would drop it anyway. */
function exemplarWriter(escaping: EscapingScheme): ExemplarWriter {
  return (writer, samples, index) => {
    const exemplar = samples.exemplars?.get(index);
    if (exemplar === undefined || exemplarCodePoints(exemplar.labels) > EXEMPLAR_CODE_POINTS_MAX) return;
    writer.text(formatExemplar(exemplar, escaping));
  };
}

function withExemplar(write: SlotWriter, exemplars: ExemplarWriter): SlotWriter {
  return (writer, samples, index) => {
    write(writer, samples, index);
    exemplars(writer, samples, index);
  };
}
