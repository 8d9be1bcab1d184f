/**
 * What the checker of expositions can find.
 *
 * @module
 */
// CONTROL PLANE

/** Something in an exposition that breaks a rule. */
export interface Finding {
  /** The number of the line, from 1. */
  readonly line: number;
  /** Which rule; the words stay the same from version to version. */
  readonly code: FindingCode;
  /** What was found, and what is wanted instead. */
  readonly message: string;
}

/**
 * The rules that an exposition can break, each with what it demands.
 *
 * @example What a code means
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { FINDING_CODES } from "promslab/exposition";
 *
 * assertEquals(FINDING_CODES["missing-line-feed"], "the last line ends in a line feed");
 * ```
 */
export const FINDING_CODES = {
  // Lines and what stands in them.
  "bad-encoding": "the body is UTF-8 without a byte order mark, its lines end in a line feed alone",
  "missing-line-feed": "the last line ends in a line feed",
  "missing-eof": "OpenMetrics ends with the line `# EOF`",
  "after-eof": "nothing follows the line `# EOF`",
  "bad-comment": "OpenMetrics has no comments but TYPE, UNIT, HELP and EOF",
  "bad-whitespace": "OpenMetrics has single spaces between tokens and nowhere else, and no empty line",
  "bad-metadata": "metadata names a family, and a type that the format knows",
  "bad-metric-name": "metric names are [a-zA-Z_:][a-zA-Z0-9_:]*, others stand in quotes within the braces",
  "bad-label-name": "label names are [a-zA-Z_][a-zA-Z0-9_]*, others stand in quotes",
  "bad-labels": 'labels are pairs name="value" in braces with commas between them',
  "bad-escape": "a backslash is followed by a backslash, an n, or, within quotes, a double quote",
  "duplicate-label": "a label name occurs once in a label set",
  "bad-value": "a value is a decimal number in the range of doubles, NaN, +Inf or -Inf",
  "bad-timestamp": "a timestamp is whole milliseconds in the text format, seconds in OpenMetrics",
  "bad-exemplar": "an exemplar is a label set, a value and perhaps a timestamp behind ` # `",
  // Families.
  "duplicate-metadata": "a family has one TYPE, one UNIT and one HELP at most",
  "late-metadata": "a family's metadata stands before its samples",
  "interleaved-family": "the lines of a family stand together",
  "interleaved-series": "the lines of one label set of a family stand together",
  "mixed-timestamps":
    "in OpenMetrics either no line of a label set has a timestamp, or all do and none goes back",
  "name-clash": "the samples of one family do not have the name of another family or of its samples",
  "bad-suffix": "the name of a sample is the family's with a suffix that its type has",
  "bad-unit": "the name of a family with a unit ends in it; infos and statesets have none",
  "duplicate-series": "a name with a label set occurs once",
  // Values.
  "bad-counter": "counters, counts, buckets and, without negative bounds, sums are neither NaN nor negative",
  "bad-count": "counts and buckets are integers in OpenMetrics",
  "missing-bound": "every bucket has a label le, every quantile a label quantile that is a number",
  "bad-bound": "bounds ascend and stand in canonical form in OpenMetrics",
  "missing-inf": "every histogram has a bucket +Inf",
  "not-cumulative": "no bucket is smaller than the one before it",
  "count-mismatch": "the count is the bucket +Inf",
  "missing-part": "sum and count of a histogram or summary occur together",
  "bad-sum": "in OpenMetrics a histogram with negative bounds has neither sum nor count",
  "bad-quantile": "quantiles are from 0 to 1, their values not negative in OpenMetrics",
  "bad-info": "an info is 1",
  "bad-state": "a state is 0 or 1 and has a label that is named as the family",
  "bad-exemplar-place": "exemplars stand behind buckets and counters' totals only",
  "exemplar-too-long": "an exemplar's labels have at most 128 code points",
  "exemplar-outside-bucket": "an exemplar's value lies in its bucket",
} as const;

/** The code of a rule in {@linkcode FINDING_CODES}. */
export type FindingCode = keyof typeof FINDING_CODES;

/** A line that cannot be read, thrown within the parser. */
export class LineError extends Error {
  /** Which rule the line breaks. */
  readonly code: FindingCode;

  constructor(code: FindingCode, message: string) {
    super(message);
    this.code = code;
  }
}
