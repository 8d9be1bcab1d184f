/**
 * The part of the page about a language model and its pipelines.
 *
 * @module
 */
import { formatNumber, formatSeconds, formatShare, formatWhole } from "../model/format.ts";
import type { History } from "../model/history.ts";
import { llmCards } from "../model/overview.ts";
import {
  type BarRow,
  type EngineRow,
  engineRows,
  finishRows,
  type StageRow,
  stageRows,
} from "../model/rows.ts";
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
    const engines = engineRows(table);
    this.#engines.show(engines);
    this.#kv.setLines(
      engines.slice(0, KV_LINES_MAX).map(({ engine }, i): Line => ({
        label: `engine ${engine}`,
        color: i + 1,
        value: ({ kvUsage }) => kvUsage.get(engine) ?? NaN,
      })),
    );
    const stages = stageRows(table);
    byId("stages").hidden = stages.length === 0;
    this.#stages.show(stages);
  }
}

const ENGINE_COLUMNS = [
  { title: "Engine", text: ({ engine }: EngineRow) => engine },
  { title: "Running", text: ({ running }: EngineRow) => formatWhole(running), number: true },
  { title: "Waiting", text: ({ waiting }: EngineRow) => formatWhole(waiting), number: true },
  { title: "KV cache", text: ({ kvUsage }: EngineRow) => formatShare(kvUsage), number: true },
  { title: "Tokens", text: ({ generationTokens }: EngineRow) => formatWhole(generationTokens), number: true },
  { title: "Preemptions", text: ({ preemptions }: EngineRow) => formatWhole(preemptions), number: true },
];

/** Durations in these families' names end in `_s`. */
function amount(what: string, value: number): string {
  return what.endsWith("_s") ? formatSeconds(value) : formatNumber(value);
}

const STAGE_COLUMNS = [
  { title: "Where", text: ({ where }: StageRow) => where === "" ? "all" : where },
  { title: "What", text: ({ what }: StageRow) => what, wide: true },
  { title: "Count", text: ({ value }: StageRow) => formatNumber(value), number: true },
  { title: "p50", text: ({ what, p50 }: StageRow) => amount(what, p50), number: true },
  { title: "p99", text: ({ what, p99 }: StageRow) => amount(what, p99), number: true },
];
