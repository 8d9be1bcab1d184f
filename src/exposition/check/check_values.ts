/**
 * What the values of each type of family promise.
 *
 * @module
 */
// CONTROL PLANE
import { EXEMPLAR_CODE_POINTS_MAX } from "../../model/exemplar_labels.ts";
import { exemplarCodePoints } from "../exemplar_text.ts";
import type { Finding, FindingCode } from "./finding.ts";
import { formatOpenMetricsFloat } from "../number_writer.ts";
import type { ParsedFamily, ParsedSample } from "./parsed.ts";
import type { Dialect } from "./scan_line.ts";
import { groupKey } from "./series_key.ts";

/** A family to check, and where to say what is wrong with it. */
interface Context {
  readonly family: ParsedFamily;
  readonly isOpenMetrics: boolean;
  report(sample: ParsedSample, code: FindingCode, message: string): void;
}

/** Reports every value of a family that breaks a rule of its type. */
export function checkValues(
  family: ParsedFamily,
  dialect: Dialect,
  report: (finding: Finding) => void,
): void {
  const context: Context = {
    family,
    isOpenMetrics: dialect === "openmetrics",
    report: ({ line, name }, code, message) => report({ line, code, message: `${message} in "${name}"` }),
  };
  for (const sample of family.samples) checkExemplar(sample, context);
  const check = CHECKS[family.type];
  if (check === undefined) return;
  const groups = new Map<string, ParsedSample[]>();
  for (const sample of family.samples) {
    const key = groupKey(sample, family);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [sample]);
    else group.push(sample);
  }
  for (const group of groups.values()) check(group, context);
}

/** What is checked in the samples of one label set, by type. */
const CHECKS: Readonly<Partial<Record<string, (group: readonly ParsedSample[], context: Context) => void>>> =
  {
    counter: checkCounter,
    histogram: checkHistogram,
    gaugehistogram: checkHistogram,
    summary: checkSummary,
    info: checkInfo,
    stateset: checkStates,
  };

function checkExemplar(sample: ParsedSample, { family, report }: Context): void {
  const { exemplar, name } = sample;
  if (exemplar === undefined) return;
  const isHistogram = family.type === "histogram" || family.type === "gaugehistogram";
  const isAllowed = isHistogram
    ? name.endsWith("_bucket")
    : family.type === "counter" && name.endsWith("_total");
  if (!isAllowed) report(sample, "bad-exemplar-place", `An exemplar stands behind a ${family.type}'s sample`);
  const codePoints = exemplarCodePoints(Object.fromEntries(exemplar.labels));
  if (codePoints > EXEMPLAR_CODE_POINTS_MAX) {
    report(sample, "exemplar-too-long", `The labels of an exemplar have ${codePoints} code points`);
  }
}

function checkCounter(group: readonly ParsedSample[], context: Context): void {
  for (const sample of group) {
    if (!sample.name.endsWith("_created")) checkNotNegative(sample, context);
  }
}

function checkNotNegative(sample: ParsedSample, { report }: Context): void {
  if (!(sample.value >= 0)) report(sample, "bad-counter", `The value is ${sample.valueText}`);
}

function checkCount(sample: ParsedSample, context: Context): void {
  checkNotNegative(sample, context);
  if (context.isOpenMetrics && sample.value >= 0 && !Number.isInteger(sample.value)) {
    context.report(sample, "bad-count", `The value is ${sample.valueText}`);
  }
}

/** The samples of one label set whose names end in a suffix. */
function withSuffix(group: readonly ParsedSample[], suffix: string): readonly ParsedSample[] {
  return group.filter(({ name }) => name.endsWith(suffix));
}

function checkHistogram(group: readonly ParsedSample[], context: Context): void {
  const isGauge = context.family.type === "gaugehistogram" && context.isOpenMetrics;
  const buckets = withSuffix(group, "_bucket");
  const [sum] = withSuffix(group, isGauge ? "_gsum" : "_sum");
  const [count] = withSuffix(group, isGauge ? "_gcount" : "_count");
  const bounds = checkBuckets(buckets, context);
  const infinite = buckets[bounds.lastIndexOf(Infinity)];
  if (infinite === undefined) context.report(group[0], "missing-inf", "A label set has no bucket +Inf");
  if (count !== undefined) {
    checkCount(count, context);
    if (infinite !== undefined && infinite.value !== count.value) {
      context.report(
        count,
        "count-mismatch",
        `The count is ${count.valueText}, the bucket +Inf ${infinite.valueText}`,
      );
    }
  }
  const hasNegativeBound = bounds.some((bound) => bound < 0);
  checkParts({ group, sum, count, mayLackBoth: context.isOpenMetrics }, context);
  if (!context.isOpenMetrics || sum === undefined) return;
  if (hasNegativeBound && !isGauge) context.report(sum, "bad-sum", "A sum stands beside a negative bound");
  else if (!hasNegativeBound) checkNotNegative(sum, context);
}

/** Checks labels, order and values of buckets, and gives their bounds. */
function checkBuckets(buckets: readonly ParsedSample[], context: Context): readonly number[] {
  const bounds = buckets.map((bucket) => boundOf(bucket, { label: "le", context }));
  buckets.forEach((bucket, i) => {
    checkCount(bucket, context);
    if (i > 0 && !(bounds[i] > bounds[i - 1])) {
      context.report(bucket, "bad-bound", `The bound ${bounds[i]} does not lie above ${bounds[i - 1]}`);
    }
    if (i > 0 && bucket.value < buckets[i - 1].value) {
      context.report(
        bucket,
        "not-cumulative",
        `The value is ${bucket.valueText}, before it ${buckets[i - 1].valueText}`,
      );
    }
    const value = bucket.exemplar?.value;
    if (value === undefined) return;
    if (value > bounds[i] || value <= (bounds[i - 1] ?? -Infinity)) {
      context.report(bucket, "exemplar-outside-bucket", `The value of an exemplar is ${value}`);
    }
  });
  return bounds;
}

/** The number in the label that tells a label set's samples apart; NaN if it is none. */
function boundOf(sample: ParsedSample, { label, context }: { label: string; context: Context }): number {
  const text = sample.labels.get(label);
  const bound = text === undefined ? NaN : parseBound(text);
  if (Number.isNaN(bound)) {
    context.report(
      sample,
      "missing-bound",
      `The label ${label} is ${text === undefined ? "missing" : `"${text}"`}`,
    );
  } else if (context.isOpenMetrics && formatOpenMetricsFloat(bound) !== text) {
    context.report(
      sample,
      "bad-bound",
      `The label ${label} is "${text}": wanted "${formatOpenMetricsFloat(bound)}"`,
    );
  }
  return bound;
}

function parseBound(text: string): number {
  if (/^[+-]?inf(?:inity)?$/i.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  return /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : NaN;
}

interface Parts {
  readonly group: readonly ParsedSample[];
  readonly sum: ParsedSample | undefined;
  readonly count: ParsedSample | undefined;
  readonly mayLackBoth: boolean;
}

function checkParts({ group, sum, count, mayLackBoth }: Parts, { report }: Context): void {
  const isMissing = (sum === undefined) !== (count === undefined) ||
    (!mayLackBoth && sum === undefined && count === undefined);
  if (!isMissing) return;
  const parts = [sum === undefined ? "sum" : "", count === undefined ? "count" : ""].filter((part) =>
    part !== ""
  );
  report(sum ?? count ?? group[0], "missing-part", `A label set has no ${parts.join(" and no ")}`);
}

function checkSummary(group: readonly ParsedSample[], context: Context): void {
  const { family, isOpenMetrics, report } = context;
  const [sum] = withSuffix(group, "_sum");
  const [count] = withSuffix(group, "_count");
  checkParts({ group, sum, count, mayLackBoth: isOpenMetrics }, context);
  if (count !== undefined) checkCount(count, context);
  if (sum !== undefined && isOpenMetrics) checkNotNegative(sum, context);
  let last = -Infinity;
  for (const sample of group) {
    if (sample.name !== family.name) continue;
    const quantile = boundOf(sample, { label: "quantile", context });
    if (quantile <= last) report(sample, "bad-bound", `The quantile ${quantile} does not lie above ${last}`);
    if (quantile < 0 || quantile > 1) report(sample, "bad-quantile", `The quantile is ${quantile}`);
    if (isOpenMetrics && sample.value < 0) report(sample, "bad-quantile", `The value is ${sample.valueText}`);
    last = quantile;
  }
}

function checkInfo(group: readonly ParsedSample[], { report }: Context): void {
  for (const sample of group) {
    if (sample.value !== 1) report(sample, "bad-info", `The value is ${sample.valueText}`);
  }
}

function checkStates(group: readonly ParsedSample[], { family, report }: Context): void {
  for (const sample of group) {
    if (!sample.labels.has(family.name)) report(sample, "bad-state", `The label "${family.name}" is missing`);
    if (sample.value !== 0 && sample.value !== 1) {
      report(sample, "bad-state", `The value is ${sample.valueText}`);
    }
  }
}
