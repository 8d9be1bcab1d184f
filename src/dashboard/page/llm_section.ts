/**
 * The part of the page about a language model and its pipelines.
 *
 * @module
 */
import { type EngineRow, engineRows, finishRows } from "../model/engine_rows.ts";
import { formatNumber, formatSeconds, formatShare, formatWhole } from "../model/format.ts";
import type { History } from "../model/history.ts";
import { llmCards } from "../model/overview.ts";
import { type BarRow, type StageRow, stageRows } from "../model/rows.ts";
import type { SampleTable } from "../model/sample_table.ts";
import { CardList } from "./card_list.ts";
import { byId } from "./dom.ts";
import { type Line, LineChart } from "./line_chart.ts";
import { quantileLines } from "./quantile_lines.ts";
import { TableView } from "./table_view.ts";

/** The most engines that get a line of their own. */
const KV_LINES_MAX = 6;

/** Cards, charts and tables of a language model. */
export class LlmSection {
  readonly charts: readonly LineChart[];
  readonly #cards: CardList = new CardList(byId("llm-cards"));
  readonly #kv: LineChart;
  readonly #finish: TableView<BarRow>;
  readonly #engines: TableView<EngineRow>;
  readonly #stages: TableView<StageRow>;

  constructor() {
    const container = byId("llm-charts");
    const tokens = new LineChart(container, {
      title: "Tokens a second",
      filled: true,
      format: formatNumber,
      lines: [
        { label: "output", color: 1, value: ({ generationTokens }) => generationTokens },
        { label: "prompt", color: 2, value: ({ promptTokens }) => promptTokens },
      ],
    });
    const latencies = [
      { title: "Time to first token", lines: quantileLines("firstToken") },
      { title: "Time between tokens", lines: quantileLines("interToken") },
    ].map((options) => new LineChart(container, { ...options, format: formatSeconds, least: 0.001 }));
    const queue = new LineChart(container, {
      title: "Queue",
      format: formatNumber,
      least: 4,
      lines: [
        { label: "running", color: 1, value: ({ running }) => running },
        { label: "waiting", color: 3, value: ({ waiting }) => waiting },
      ],
    });
    this.#kv = new LineChart(container, {
      title: "KV cache in use",
      filled: true,
      format: formatShare,
      least: 0.01,
      most: 1,
      lines: [],
    });
    this.charts = [tokens, ...latencies, queue, this.#kv];
    this.#finish = new TableView<BarRow>(container, {
      title: "Finished requests",
      empty: "None yet",
      columns: [
        { title: "Reason", text: ({ name }) => name, wide: true, bar: ({ share }) => share },
        {
          title: "Requests",
          text: ({ value }) => formatWhole(value),
          number: true,
          exact: ({ value }) => String(value),
        },
      ],
    });
    this.#engines = new TableView<EngineRow>(container, {
      title: "Engines",
      empty: "None",
      columns: ENGINE_COLUMNS,
      width: "whole",
    });
    this.#stages = new TableView<StageRow>(byId("stage-table"), {
      title: "By stage and replica",
      width: "whole",
      empty: "None",
      columns: STAGE_COLUMNS,
    });
  }

  /** Shows a history. */
  show(history: History, table: SampleTable): void {
    this.#cards.show(llmCards(history));
    this.#finish.show(finishRows(table));
    const engines = history.recent === undefined ? [] : engineRows(history.recent);
    this.#engines.show(engines);
    this.#kv.setLines(
      engines.slice(0, KV_LINES_MAX).map(({ key, name }, i): Line => ({
        label: name,
        color: i + 1,
        value: ({ kvUsage }) => kvUsage.get(key) ?? NaN,
      })),
    );
    const stages = stageRows(table);
    byId("stages").hidden = stages.length === 0;
    this.#stages.show(stages);
  }
}

type EngineNumber = {
  [Key in keyof EngineRow]: EngineRow[Key] extends number ? Key : never;
}[keyof EngineRow];

function engineColumn(title: string, key: EngineNumber, format: (value: number) => string) {
  return {
    title,
    text: (row: EngineRow) => format(row[key]),
    number: true,
    exact: (row: EngineRow) => String(row[key]),
  };
}

const ENGINE_COLUMNS = [
  { title: "Engine", text: ({ name }: EngineRow) => name },
  engineColumn("Running", "running", formatWhole),
  engineColumn("Waiting", "waiting", formatWhole),
  engineColumn("KV cache", "kvUsage", formatShare),
  engineColumn("Tokens/s", "generationRate", formatNumber),
  engineColumn("Tokens", "generationTokens", formatWhole),
  engineColumn("Prompt", "promptTokens", formatWhole),
  engineColumn("First token p50", "firstToken", formatSeconds),
  engineColumn("Inter-token p50", "interToken", formatSeconds),
  engineColumn("Finished", "finished", formatWhole),
  engineColumn("Preemptions", "preemptions", formatWhole),
];

/** Durations in these families' names end in `_s`. */
function amount(what: string, value: number): string {
  return what.endsWith("_s") ? formatSeconds(value) : formatNumber(value);
}

const STAGE_COLUMNS = [
  { title: "Where", text: ({ where }: StageRow) => where === "" ? "all" : where },
  { title: "What", text: ({ what }: StageRow) => what },
  {
    title: "Count",
    text: ({ value }: StageRow) => formatNumber(value),
    number: true,
    exact: ({ value }: StageRow) => String(value),
  },
  { title: "p50", text: ({ what, p50 }: StageRow) => amount(what, p50), number: true },
  { title: "p99", text: ({ what, p99 }: StageRow) => amount(what, p99), number: true },
];
