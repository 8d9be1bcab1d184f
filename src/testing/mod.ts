/**
 * Helpers for the tests of programs that use promslab.
 *
 * @module
 */
export { clearMetrics } from "./clear_metrics.ts";
export { checkExposition } from "../exposition/check/check.ts";
export { type Finding, FINDING_CODES, type FindingCode } from "../exposition/check/finding.ts";
export type { Dialect } from "../exposition/check/scan_line.ts";
export { type Sample, SampleRecorder, sampleText } from "./sample_recorder.ts";
export {
  getSampleValue,
  readSamples,
  type SampleQuery,
  type SampleSource,
  watchSamples,
} from "./sample_values.ts";
