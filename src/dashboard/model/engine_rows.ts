/**
 * The engines of a language model, each by itself: vLLM tells them by a number, pipelines by stage and replica.
 *
 * @module
 */
import { LLM } from "./names.ts";
import { bucketQuantile } from "./quantiles.ts";
import { type BarRow, barsOf } from "./rows.ts";
import { bucketGrowth, type Change, rateOf } from "./sample_changes.ts";
import { type SampleTable, valueOf, type Wanted } from "./sample_table.ts";

/** The labels that tell engines from one another, the most significant first. */
const ENGINE_LABELS = ["model_name", "stage", "stage_id", "replica", "replica_id", "engine"] as const;

/** How these labels are called where they are shown. */
const WORDS: Readonly<Record<string, string>> = {
  model_name: "model",
  stage_id: "stage",
  replica_id: "replica",
};

/** An engine. */
export interface Engine {
  /** Names it among all engines, the same from look to look. */
  readonly key: string;
  /** As a person would say it: `engine 0`, or `stage 1, replica 0`; with the model where there are several. */
  readonly name: string;
  /** The labels that its series have, and no series of another engine. */
  readonly labels: Wanted;
}

/** What an engine does. Rates are by the second; what is not known is NaN. */
export interface EngineRow extends Engine {
  readonly running: number;
  readonly waiting: number;
  /** From 0 to 1. */
  readonly kvUsage: number;
  readonly promptTokens: number;
  readonly generationTokens: number;
  /** Output tokens a second. */
  readonly generationRate: number;
  /** The median time to the first token, in seconds, of what was observed between the looks. */
  readonly firstToken: number;
  /** The median time between tokens, in seconds, of what was observed between the looks. */
  readonly interToken: number;
  /** Requests so far that have ended, by whatever reason. */
  readonly finished: number;
  readonly preemptions: number;
}

/** The engines, by model, stage, replica and number. */
export function enginesOf(table: SampleTable): Engine[] {
  const found = new Map<string, Wanted>();
  for (const name of [LLM.running, LLM.generationTokens]) {
    for (const { labels } of table.series(name)) found.set(engineKey(labels), engineLabels(labels));
  }
  const severalModels = new Set([...found.values()].map(({ model_name }) => model_name)).size > 1;
  return [...found].map(([key, labels]) => ({ key, labels, name: nameOf(labels, severalModels) }))
    .sort((a, b) => compareLabels(a.labels, b.labels));
}

/**
 * The engines with what they do.
 *
 * @param change the last look, and one some seconds before it
 */
export function engineRows(change: Change): EngineRow[] {
  const { after } = change;
  return enginesOf(after).map((engine) => {
    const { labels } = engine;
    const total = (name: string) => after.total(name, labels);
    const median = (name: string) =>
      bucketQuantile(0.5, after.histogram(name, labels)?.bounds ?? [], bucketGrowth(change, name, labels));
    return {
      ...engine,
      running: total(LLM.running),
      waiting: total(LLM.waiting),
      kvUsage: total(LLM.kvUsage),
      promptTokens: total(LLM.promptTokens),
      generationTokens: total(LLM.generationTokens),
      generationRate: rateOf(change, LLM.generationTokens, labels),
      firstToken: median(LLM.firstToken),
      interToken: median(LLM.interToken),
      finished: total(LLM.finished),
      preemptions: total(LLM.preemptions),
    };
  });
}

/** How much of each engine's KV cache is in use, from 0 to 1, by the engines' keys. */
export function kvUsageByEngine(table: SampleTable): ReadonlyMap<string, number> {
  return new Map(table.series(LLM.kvUsage).map((series) => [engineKey(series.labels), valueOf(series)]));
}

/**
 * Finished requests by reason, and by stage where there are several: a request passes stages one after the other, so
 * their sum would count it more than once.
 */
export function finishRows(table: SampleTable): BarRow[] {
  const series = table.series(LLM.finished);
  const stages = new Set(series.map(({ labels }) => stageOf(labels)));
  const totals = new Map<string, number>();
  for (const element of series) {
    const { labels } = element;
    const reason = labels.finished_reason ?? "";
    const name = stages.size > 1 ? `stage ${stageOf(labels)}: ${reason}` : reason;
    totals.set(name, (totals.get(name) ?? 0) + valueOf(element));
  }
  if (stages.size <= 1) return barsOf([...totals]);
  // WHY: every stage has every reason; those that nothing ended by would hide the others.
  const ended = [...totals].filter(([, total]) => total > 0);
  return barsOf(ended.sort(([a], [b]) => compareTexts(a, b)));
}

function stageOf(labels: Wanted): string {
  return labels.stage ?? labels.stage_id ?? "";
}

function engineLabels(labels: Wanted): Wanted {
  return Object.fromEntries(
    ENGINE_LABELS.filter((label) => labels[label] !== undefined).map((label) => [label, labels[label]]),
  );
}

function engineKey(labels: Wanted): string {
  return JSON.stringify(ENGINE_LABELS.map((label) => labels[label] ?? ""));
}

function nameOf(labels: Wanted, withModel: boolean): string {
  const parts = Object.entries(labels).filter(([label]) => withModel || label !== "model_name");
  return parts.map(([label, value]) => `${WORDS[label] ?? label} ${value}`).join(", ") || "all";
}

function compareLabels(a: Wanted, b: Wanted): number {
  for (const label of ENGINE_LABELS) {
    const order = compareTexts(a[label] ?? "", b[label] ?? "");
    if (order !== 0) return order;
  }
  return 0;
}

/** Numbers within texts go by their value. */
function compareTexts(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
