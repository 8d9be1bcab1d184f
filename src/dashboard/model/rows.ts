/**
 * The rows of the page's tables.
 *
 * @module
 */
import { formatBytes, formatSeconds, formatWhole } from "./format.ts";
import { httpNamesOf, OMNI_PREFIXES, OWN } from "./names.ts";
import { bucketQuantile } from "./quantiles.ts";
import { bucketIncreases } from "./rates.ts";
import type { FamilyView, Reports } from "./reports.ts";
import type { SampleTable } from "./sample_table.ts";

/** A route with a method. */
export interface RouteRow {
  readonly method: string;
  readonly route: string;
  /** Requests so far. */
  readonly requests: number;
  /** Of them those of a status 5xx. */
  readonly failures: number;
  /** Requests a second since the look before; NaN if there was none. */
  readonly rate: number;
  /** Mean duration of all requests so far, in seconds. */
  readonly meanSeconds: number;
}

/** The routes, the busiest first. */
export function routeRows(table: SampleTable, before?: { table: SampleTable; seconds: number }): RouteRow[] {
  const { requests, labels } = httpNamesOf(table);
  const rows = new Map<string, RouteRow>();
  const rowOf = (method: string, route: string): RouteRow =>
    rows.get(`${method} ${route}`) ??
      { method, route, requests: 0, failures: 0, rate: NaN, meanSeconds: NaN };
  for (const series of table.series(requests)) {
    const method = series.labels[labels.method] ?? "";
    const route = series.labels[labels.route] ?? "";
    const count = series.kind === "histogram" ? series.count : series.kind === "counter" ? series.value : 0;
    const row = rowOf(method, route);
    const failures = (series.labels[labels.status] ?? "").startsWith("5") ? count : 0;
    rows.set(`${method} ${route}`, {
      ...row,
      requests: row.requests + count,
      failures: row.failures + failures,
    });
  }
  const list = [...rows.values()].map((row) => {
    const wanted = { [labels.method]: row.method, [labels.route]: row.route };
    const durations = table.histogram(DURATIONS[requests] ?? requests, wanted);
    const meanSeconds = durations === undefined || durations.count === 0
      ? NaN
      : durations.sum / durations.count;
    const earlier = before?.table.total(requests, wanted);
    const growth = row.requests - (earlier === undefined || Number.isNaN(earlier) ? 0 : earlier);
    const rate = before === undefined ? NaN : Math.max(0, growth) / before.seconds;
    return { ...row, rate, meanSeconds };
  });
  return list.sort((a, b) => b.requests - a.requests || (a.route < b.route ? -1 : 1));
}

/** Which histogram has the durations by route of what a counter counts. */
const DURATIONS: Readonly<Record<string, string>> = { http_requests: "http_request_duration_seconds" };

/** A share of a whole, for a list of bars. */
export interface BarRow {
  readonly name: string;
  readonly value: number;
  /** Of the largest, from 0 to 1. */
  readonly share: number;
}

/** The families with the most series, the largest first. */
export function familyRows(families: readonly FamilyView[], most = 12): (BarRow & FamilyView)[] {
  const sorted = [...families].sort((a, b) => b.series - a.series || (a.name < b.name ? -1 : 1)).slice(
    0,
    most,
  );
  const bars = barsOf(sorted.map(({ name, series }) => [name, series]));
  return sorted.map((family, i) => ({ ...family, ...bars[i] }));
}

/** Bars of values, the largest of full length. */
export function barsOf(values: readonly (readonly [string, number])[]): BarRow[] {
  const largest = Math.max(...values.map(([, value]) => value), 0);
  return values.map(([name, value]) => ({ name, value, share: largest === 0 ? 0 : value / largest }));
}

/** A name with a value, both as text. */
export interface FactRow {
  readonly name: string;
  readonly text: string;
}

/** What scrapes cost, and what they had to leave out or make do with. */
export function scrapeFacts(table: SampleTable, { scrapes }: Reports): FactRow[] {
  const facts: [string, string][] = [];
  if (scrapes?.last !== undefined) {
    const { count, secondsTotal, bytesTotal, last } = scrapes;
    facts.push(
      ["Scrapes so far", formatWhole(count)],
      ["Last one took", formatSeconds(last.seconds)],
      ["On average", formatSeconds(secondsTotal / count)],
      ["Size of the last one", `${formatBytes(last.bytes)}, ${last.coding}`],
      ["On average", formatBytes(bytesTotal / count)],
    );
  }
  const dropped = table.totalsBy(OWN.dropped, "what");
  for (const [what, count] of dropped) facts.push([`Dropped ${what}`, formatWhole(count)]);
  for (const [name, text] of TROUBLES) {
    if (table.has(name)) facts.push([text, formatWhole(table.total(name))]);
  }
  return facts.map(([name, text]) => ({ name, text }));
}

const TROUBLES = [
  [OWN.stale, "Values served stale"],
  [OWN.badSlabs, "Damaged slabs"],
  [OWN.conflicts, "Conflicting families"],
] as const;

/** A number of a pipeline's stage. */
export interface StageRow {
  /** The family without its prefix. */
  readonly what: string;
  /** Stage and replica, or a transfer's ends, as its labels say. */
  readonly where: string;
  readonly kind: "counter" | "gauge" | "histogram";
  /** A counter's or gauge's value; a histogram's count. */
  readonly value: number;
  /** A histogram's median over all time; NaN for others. */
  readonly p50: number;
  readonly p99: number;
}

/** What pipelines tell, by stage and replica; empty where there is none. */
export function stageRows(table: SampleTable): StageRow[] {
  const rows: StageRow[] = [];
  for (const name of table.names) {
    const prefix = OMNI_PREFIXES.find((one) => name.startsWith(one));
    if (prefix === undefined) continue;
    for (const series of table.series(name)) {
      const { kind } = series;
      if (kind !== "counter" && kind !== "gauge" && kind !== "histogram") continue;
      const where = Object.entries(series.labels).filter(([label]) => label !== "model_name")
        .map(([label, value]) => `${label} ${value}`).join(", ");
      const merged = table.histogram(name, series.labels);
      const counts = merged && bucketIncreases(undefined, merged.counts);
      const quantile = (q: number) => merged ? bucketQuantile(q, merged.bounds, counts!) : NaN;
      const value = kind === "histogram" ? series.count : series.value;
      rows.push({
        what: name.slice(prefix.length),
        where,
        kind,
        value,
        p50: quantile(0.5),
        p99: quantile(0.99),
      });
    }
  }
  return rows.sort((a, b) => a.where < b.where ? -1 : a.where > b.where ? 1 : a.what < b.what ? -1 : 1);
}
