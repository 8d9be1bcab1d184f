/**
 * The formats of an exposition: sinks that write them, the choice between them, parsers, a strict checker and a linter.
 *
 * A format sees samples only, so anything that can hand them out as `FamilySamples` can be exposed.
 *
 * @module
 */
export { checkExposition } from "./check/check.ts";
export { ESCAPING_SCHEMES, type EscapingScheme } from "./escape_name.ts";
export { FamilyCensus, type FamilyCount } from "./family_census.ts";
export { type Finding, FINDING_CODES, type FindingCode } from "./check/finding.ts";
export type { ByteSink, Format } from "./format.ts";
export { FormatSet, type FormatSetOptions } from "./format_set.ts";
export {
  LINT_CODES,
  type LintAllowance,
  type LintCode,
  lintFamilies,
  type LintProblem,
  type LintSubject,
} from "./check/lint.ts";
export {
  createFormat,
  FORMAT_NAMES,
  type FormatName,
  type FormatOptions,
  negotiate,
  type Negotiated,
} from "./negotiate.ts";
export { type ContentCoding, negotiateEncoding } from "./negotiate_encoding.ts";
export { createOpenMetricsFormat, type OpenMetricsFormatOptions } from "./openmetrics_sink.ts";
export { createOpenMetrics2Format, type OpenMetrics2FormatOptions } from "./openmetrics2_sink.ts";
export { parseExposition } from "./check/parse_exposition.ts";
export {
  parseProtobuf,
  type ProtobufBucket,
  type ProtobufFamily,
  type ProtobufMetric,
  type ProtobufNative,
} from "./check/parse_protobuf.ts";
export type { ParsedExemplar, ParsedFamily, ParsedSample } from "./check/parsed.ts";
export { createProtobufFormat, type ProtobufFormatOptions } from "./protobuf_sink.ts";
export type { Dialect } from "./check/scan_line.ts";
export { createTextFormat, type TextFormatOptions } from "./text_sink.ts";
export type { Descriptor, NativeBuckets } from "../model/descriptor.ts";
export type { MergeMode, MetricType } from "../model/metric_type.ts";
export type {
  Exemplar,
  FamilySamples,
  LabelValues,
  NativeHistogram,
  SampleSink,
  SeriesBlock,
} from "../model/samples.ts";
