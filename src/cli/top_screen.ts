/**
 * What `promslab top` shows, as lines of text.
 *
 * @module
 */
import { engineRows } from "../dashboard/model/engine_rows.ts";
import {
  formatBytes,
  formatNumber,
  formatSeconds,
  formatShare,
  formatWhole,
  NOTHING,
} from "../dashboard/model/format.ts";
import type { History } from "../dashboard/model/history.ts";
import { type Card, llmCards, serverCards } from "../dashboard/model/overview.ts";
import { type FamilyView, NO_REPORTS } from "../dashboard/model/reports.ts";
import { familyRows, routeRows } from "../dashboard/model/rows.ts";
import { increase } from "../dashboard/model/rates.ts";
import { counted } from "./counted.ts";
import { textTable } from "./text_table.ts";

/** What is known of a server. */
export interface TopView {
  readonly url: string;
  readonly history: History;
  readonly families: readonly FamilyView[];
  /** What the last scrape cost, as seen from here. */
  readonly scrape: { readonly seconds: number; readonly bytes: number };
  /** `live`, `paused`, or why there is nothing new. */
  readonly state: string;
}

/** Where it is shown. */
export interface Screen {
  readonly columns: number;
  /** Infinity for a stream that has no height. */
  readonly rows: number;
  readonly color: boolean;
}

/** Cards that other commands and lines tell better. */
const WITHOUT: ReadonlySet<string> = new Set(["scrape"]);

const SPARKS = "▁▂▃▄▅▆▇█";

/** The lines, none longer than the screen is wide, and no more than it is high. */
export function topLines(view: TopView, screen: Screen): string[] {
  const { history, families } = view;
  const table = history.table;
  const paint = painter(screen.color);
  const head = [paint("bold", `promslab top ${view.url}`), headLine(view), ""];
  if (table === undefined) return fit(head, screen);
  const reports = { ...NO_REPORTS, families };
  const cards = [...serverCards(history, reports), ...llmCards(history)].filter(({ id, value }) =>
    !WITHOUT.has(id) && value !== NOTHING
  );
  const lines = [...head, ...cardLines(cards, paint), ...sparkLine(history, screen.columns)];
  for (const section of [routes(history), engines(history), busiest(history), largest(families)]) {
    if (section.rows.length === 0) continue;
    const [titles, ...rows] = textTable(section.head, section.rows, section.right);
    const room = Math.max(3, Math.min(rows.length, section.most));
    lines.push("", paint("dim", titles), ...rows.slice(0, room));
  }
  return fit(lines, screen);
}

function headLine({ state, scrape, families }: TopView): string {
  const series = families.reduce((sum, family) => sum + family.series, 0);
  const size = `${counted(families.length, "family", "families")}, ${counted(series, "series", "series")}`;
  return `${state}, scraped in ${formatSeconds(scrape.seconds)}, ${formatBytes(scrape.bytes)}, ${size}`;
}

function cardLines(cards: readonly Card[], paint: Painter): string[] {
  const width = Math.max(...cards.map(({ label }) => label.length));
  const valueWidth = Math.max(...cards.map(({ value }) => value.length));
  return cards.map(({ label, value, detail, alarm }) =>
    `${label.padEnd(width)}  ${paint(alarm ? "red" : "bold", value.padStart(valueWidth))}  ${
      paint("dim", detail)
    }`
  );
}

/** The requests, or else the tokens, of the last minutes. */
function sparkLine({ moments }: History, columns: number): string[] {
  const rates = moments.map(({ requests }) => requests).filter((rate) => !Number.isNaN(rate));
  if (rates.length < 2) return [];
  const shown = rates.slice(-Math.max(10, columns - 24));
  const most = Math.max(...shown);
  const marks = shown.map((rate) => SPARKS[most === 0 ? 0 : Math.round(rate / most * (SPARKS.length - 1))]);
  return ["", `Requests  ${marks.join("")}  ${formatNumber(most)}/s`];
}

function perSecond(rate: number): string {
  return Number.isNaN(rate) ? NOTHING : `${formatNumber(rate)}/s`;
}

interface Section {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly right: readonly number[];
  /** The most rows. */
  readonly most: number;
}

function routes({ table, previous }: History): Section {
  const rows = routeRows(table!, previous).map(({ method, route, rate, meanSeconds, failures, requests }) => [
    method,
    route === "" ? "(none)" : route,
    perSecond(rate),
    formatSeconds(meanSeconds),
    formatShare(requests === 0 ? 0 : failures / requests),
    formatWhole(requests),
  ]);
  return { head: ["METHOD", "ROUTE", "RATE", "MEAN", "5XX", "REQUESTS"], rows, right: [2, 3, 4, 5], most: 6 };
}

function engines({ recent }: History): Section {
  const found = recent === undefined ? [] : engineRows(recent);
  const rows = found.map((row) => [
    row.name,
    formatWhole(row.running),
    formatWhole(row.waiting),
    formatShare(row.kvUsage),
    perSecond(row.generationRate),
    formatWhole(row.generationTokens),
    formatSeconds(row.firstToken),
    formatSeconds(row.interToken),
    formatWhole(row.finished),
  ]);
  return {
    head: ["ENGINE", "RUNNING", "WAITING", "KV", "RATE", "TOKENS", "FIRST", "INTER", "FINISHED"],
    rows,
    right: [1, 2, 3, 4, 5, 6, 7, 8],
    most: 12,
  };
}

/** Counters that grow the fastest: what any server has. */
function busiest({ table, previous }: History): Section {
  const head = ["COUNTER", "RATE", "TOTAL"];
  if (table === undefined || previous === undefined) return { head, rows: [], right: [], most: 0 };
  const grown = table.names.filter((name) => table.series(name)[0].kind === "counter").map((name) => {
    const total = table.total(name);
    const before = previous.table.total(name);
    return {
      name,
      total,
      rate: increase(Number.isNaN(before) ? undefined : before, total) / previous.seconds,
    };
  });
  const rows = grown.filter(({ rate }) => rate > 0).sort((a, b) => b.rate - a.rate)
    .map(({ name, rate, total }) => [name, perSecond(rate), formatNumber(total)]);
  return { head, rows, right: [1, 2], most: 6 };
}

function largest(families: readonly FamilyView[]): Section {
  const rows = familyRows(families, 20).map(({ name, type, series, samples }) => [
    name,
    type,
    formatWhole(series),
    formatWhole(samples),
  ]);
  return { head: ["FAMILY", "TYPE", "SERIES", "LINES"], rows, right: [2, 3], most: 8 };
}

type Style = "bold" | "dim" | "red";
type Painter = (style: Style, text: string) => string;

const CODES: Readonly<Record<Style, string>> = { bold: "1", dim: "2", red: "31;1" };

function painter(color: boolean): Painter {
  return (style, text) => color ? `\x1b[${CODES[style]}m${text}\x1b[0m` : text;
}

function fit(lines: readonly string[], { columns, rows }: Screen): string[] {
  return lines.slice(0, rows).map((line) => cut(line, columns));
}

/** The first columns of a line; what changes its colour takes none. */
function cut(line: string, columns: number): string {
  let room = columns;
  // deno-lint-ignore no-control-regex -- the escape character is what begins a change of colour
  const parts = line.split(/(\x1b\[[0-9;]*m)/);
  return parts.map((part, i) => {
    if (i % 2 === 1) return part;
    const chars = [...part].slice(0, Math.max(0, room));
    room -= chars.length;
    return chars.join("");
  }).join("");
}
