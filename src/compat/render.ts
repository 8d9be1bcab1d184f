/**
 * From a metric to its text, or its plain object.
 *
 * @module
 */
// CONTROL PLANE
import type { MetricJson } from "./aggregators.ts";
import { MetricBase } from "./metric.ts";
import { escapeHelp, exemplarText, labelText, lineText, pairText } from "./text.ts";
import type { RegisteredMetric } from "./types.ts";
import type { Line, Value } from "./values.ts";

/** What the text depends on besides the metric. */
export interface TextStyle {
  readonly openMetrics: boolean;
  readonly defaultLabels: Readonly<Record<string, unknown>>;
}

/** The text of one metric, without a line feed at its end. */
export async function renderMetric(metric: RegisteredMetric, style: TextStyle): Promise<string> {
  if (metric instanceof MetricBase && metric.get === MetricBase.prototype.get) {
    const pending = metric.runCollect();
    // WHY: waited for in any case, as what one metric's function sets may be another metric.
    await pending;
    return renderLines(metric, (name) => metric.lines(name), style);
  }
  const json: MetricJson = await metric.get();
  return renderLines(json, (name) => linesOf(json.values ?? [], name), style);
}

/** The plain object of one metric, default labels among its labels. */
export async function renderJson(
  metric: RegisteredMetric,
  defaultLabels: Readonly<Record<string, unknown>>,
): Promise<MetricJson> {
  const json: MetricJson = await metric.get();
  const names = Object.keys(defaultLabels);
  if (names.length === 0 || json.values === undefined) return json;
  for (const value of json.values) {
    value.labels = { ...value.labels };
    for (const name of names) value.labels[name] ??= defaultLabels[name];
  }
  return json;
}

function renderLines(
  metric: { readonly name: string; readonly help: string; readonly type: string },
  lines: (name: string) => Iterable<Line>,
  style: TextStyle,
): string {
  const { help, type } = metric;
  const total = style.openMetrics && type === "counter";
  const name = total ? metric.name.replace(/_total$/, "") : metric.name;
  const defaults = Object.entries(style.defaultLabels);
  let text = `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}`;
  for (const line of lines(total ? `${name}_total` : name)) {
    let labels = line.head;
    if (defaults.length > 0) labels = join(labels, defaultText(defaults, line.own));
    text += `\n${lineText(line.name, join(labels, line.tail), line.value)}`;
    if (style.openMetrics && line.exemplar) text += exemplarText(line.exemplar);
  }
  return text;
}

function join(left: string, right: string): string {
  if (left === "") return right;
  return right === "" ? left : `${left},${right}`;
}

/** The default labels that a series does not have itself. */
function defaultText(
  defaults: readonly (readonly [string, unknown])[],
  own: Readonly<Record<string, unknown>>,
): string {
  let text = "";
  for (const [name, value] of defaults) {
    if (!Object.hasOwn(own, name)) text = join(text, pairText(name, value));
  }
  return text;
}

/** Lines from values whose metric is not ours. */
function* linesOf(values: readonly Value[], name: string): Iterable<Line> {
  for (const { value, labels = {}, metricName = name, exemplar } of values) {
    yield { name: metricName, head: labelText(labels), tail: "", own: labels, value, exemplar };
  }
}
