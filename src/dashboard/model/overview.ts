/**
 * The numbers at the top of the page.
 *
 * @module
 */
import { kvUsageByEngine } from "./engine_rows.ts";
import { formatBytes, formatNumber, formatSeconds, formatShare, formatWhole, NOTHING } from "./format.ts";
import type { Latency } from "./frame.ts";
import type { History } from "./history.ts";
import { httpNamesOf, LLM, OWN } from "./names.ts";
import type { Reports } from "./reports.ts";
import { SampleTable } from "./sample_table.ts";

/** A number with its name and what it means more closely. */
export interface Card {
  /** Names it among all cards. */
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly detail: string;
  /** Whether somebody should look at it. */
  readonly alarm: boolean;
  /** Exact values by sample name, as they stood in the snapshot: what a hover, and a test, shows. */
  readonly exact: Readonly<Record<string, number>>;
}

/** The cards about requests, workers and metrics. */
export function serverCards(history: History, reports: Reports): readonly Card[] {
  const table = history.table ?? EMPTY;
  const http = httpNamesOf(table);
  const requests = table.total(http.requests);
  const failed = failedTotal(table);
  const inFlight = table.total(http.inFlight);
  const requestRate = history.meanRate((frame) => frame.requests);
  const failureRate = history.meanRate((frame) => frame.byStatus["5xx"]);
  const cards = [
    card("requests", "Requests", `${formatNumber(requestRate)}/s`, `${formatWhole(requests)} in all`, {
      [http.requests]: requests,
    }),
    latencyCard("latency", "Latency p50", history, "request"),
    card("errors", "Errors", share(failureRate, requestRate), `${formatWhole(failed)} of status 5xx`, {
      "5xx": failed,
    }, failureRate > 0),
    card("in_flight", "In flight", formatNumber(inFlight), "requests being answered", {
      [http.inFlight]: inFlight,
    }),
    workersCard(table),
    cpuCard(history, table),
    seriesCard(table, reports),
    scrapeCard(reports),
  ];
  return Number.isNaN(inFlight) ? cards.filter(({ id }) => id !== "in_flight") : cards;
}

/** The cards about tokens; empty where no LLM is served. */
export function llmCards(history: History): readonly Card[] {
  const table = history.table ?? EMPTY;
  if (!hasLlm(table)) return [];
  const prompt = table.total(LLM.promptTokens);
  const generated = table.total(LLM.generationTokens);
  const running = table.total(LLM.running);
  const waiting = table.total(LLM.waiting);
  const usage = [...kvUsageByEngine(table).values()];
  const hits = table.total(LLM.prefixHits) / table.total(LLM.prefixQueries);
  return [
    card(
      "generation_tokens",
      "Output tokens",
      `${formatNumber(history.meanRate((frame) => frame.generationTokens))}/s`,
      `${formatWhole(generated)} in all`,
      { [LLM.generationTokens]: generated },
    ),
    card(
      "prompt_tokens",
      "Prompt tokens",
      `${formatNumber(history.meanRate((frame) => frame.promptTokens))}/s`,
      `${formatWhole(prompt)} in all`,
      { [LLM.promptTokens]: prompt },
    ),
    latencyCard("first_token", "First token p50", history, "firstToken"),
    latencyCard("inter_token", "Inter-token p50", history, "interToken"),
    card("queue", "Running", formatNumber(running), `${formatNumber(waiting)} waiting`, {
      [LLM.running]: running,
      [LLM.waiting]: waiting,
    }, waiting > running && waiting > 0),
    card("kv_usage", "KV cache", formatShare(Math.max(...usage, 0)), `prefix hits ${formatShare(hits)}`, {
      [LLM.kvUsage]: Math.max(...usage, 0),
    }),
  ];
}

/** Whether an LLM is served. */
export function hasLlm(table: SampleTable): boolean {
  return table.has(LLM.generationTokens) || table.has(LLM.running);
}

const EMPTY = new SampleTable([]);

function card(
  id: string,
  label: string,
  value: string,
  detail: string,
  exact: Card["exact"],
  alarm = false,
): Card {
  return { id, label, value: value.replace(/^–\/s$/, NOTHING), detail, exact, alarm };
}

function latencyCard(id: string, label: string, history: History, latency: Latency): Card {
  const [p50, p90, p99] = history.moments.at(-1)?.quantiles[latency] ?? [NaN, NaN, NaN];
  const detail = `p99 ${formatSeconds(p99)}`;
  return card(id, label, formatSeconds(p50), detail, { p50, p90, p99 });
}

function share(part: number, whole: number): string {
  if (Number.isNaN(part) || Number.isNaN(whole)) return NOTHING;
  return formatShare(whole === 0 ? 0 : part / whole);
}

function failedTotal(table: SampleTable): number {
  const { requests, labels } = httpNamesOf(table);
  let failed = 0;
  for (const [status, total] of table.totalsBy(requests, labels.status)) {
    if (status.startsWith("5")) failed += total;
  }
  return table.has(requests) ? failed : NaN;
}

function workersCard(table: SampleTable): Card {
  const states = table.totalsBy(OWN.workers, "state");
  const live = states.get("live") ?? NaN;
  const hung = states.get("hung") ?? 0;
  const all = [...states].reduce((sum, [state, count]) => state === "ended" ? sum : sum + count, 0);
  const restarts = table.total(OWN.restarts);
  const loops = states.get("crash_loop") ?? 0;
  const troubles = [hung > 0 ? `${hung} hung` : "", loops > 0 ? `${loops} in a crash loop` : ""].filter(
    Boolean,
  );
  const detail = troubles.length > 0 ? troubles.join(", ") : `${formatNumber(restarts)} restarts`;
  const value = Number.isNaN(live) ? NOTHING : `${live} of ${all}`;
  return card(
    "workers",
    "Threads live",
    value,
    detail,
    { live, [OWN.restarts]: restarts },
    troubles.length > 0,
  );
}

function cpuCard(history: History, table: SampleTable): Card {
  const memory = table.total(OWN.memory);
  const cores = history.meanRate((frame) => frame.cpuCores);
  const value = Number.isNaN(cores) ? NOTHING : `${formatNumber(cores)} cores`;
  return card("cpu", "Processor", value, `${formatBytes(memory)} resident`, { [OWN.memory]: memory });
}

function seriesCard(table: SampleTable, { families }: Reports): Card {
  const series = families.length === 0 ? NaN : families.reduce((sum, family) => sum + family.series, 0);
  const dropped = table.total(OWN.dropped);
  const detail = `${formatWhole(dropped)} dropped`;
  return card(
    "series",
    "Series",
    formatWhole(series),
    detail,
    { series, [OWN.dropped]: dropped },
    dropped > 0,
  );
}

function scrapeCard({ scrapes }: Reports): Card {
  const last = scrapes?.last;
  const detail = last === undefined
    ? "nobody has scraped yet"
    : `${formatBytes(last.bytes)}, ${formatWhole(scrapes!.count)} so far`;
  const exact = { seconds: last?.seconds ?? NaN, bytes: last?.bytes ?? NaN };
  return card("scrape", "Last scrape", formatSeconds(last?.seconds ?? NaN), detail, exact);
}
