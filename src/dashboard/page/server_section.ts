/**
 * The parts of the page about requests, threads and metrics.
 *
 * @module
 */
import { formatBytes, formatNumber, formatSeconds, formatShare, formatWhole } from "../model/format.ts";
import { STATUS_CLASSES } from "../model/frame.ts";
import type { History } from "../model/history.ts";
import { serverCards } from "../model/overview.ts";
import { type Reports, workerTiles } from "../model/reports.ts";
import { type FactRow, familyRows, type RouteRow, routeRows, scrapeFacts } from "../model/rows.ts";
import type { SampleTable } from "../model/sample_table.ts";
import { CardList } from "./card_list.ts";
import { byId } from "./dom.ts";
import { HeatMap } from "./heat_map.ts";
import { LineChart } from "./line_chart.ts";
import { quantileLines } from "./quantile_lines.ts";
import { TableView } from "./table_view.ts";
import { WorkerTiles } from "./worker_tiles.ts";

type FamilyRow = ReturnType<typeof familyRows>[number];

/** From 1 KiB to 1 TiB, so that an axis of bytes has round numbers too. */
const BINARY_STEPS = Array.from({ length: 31 }, (_, i) => 2 ** (10 + i));

const STATUS_COLORS = [1, 2, 3, 4];

/** Cards, charts, tiles and tables that every server has. */
export class ServerSection {
  readonly charts: readonly LineChart[];
  readonly heat: HeatMap;
  readonly #cards: CardList = new CardList(byId("cards"));
  readonly #tiles: WorkerTiles = new WorkerTiles(byId("workers"));
  readonly #routes: TableView<RouteRow>;
  readonly #families: TableView<FamilyRow>;
  readonly #scrapes: TableView<FactRow>;

  constructor() {
    const container = byId("request-charts");
    const requests = new LineChart(container, {
      title: "Requests a second",
      filled: true,
      format: formatNumber,
      lines: STATUS_CLASSES.map((status, i) => ({
        label: status,
        color: STATUS_COLORS[i],
        value: ({ byStatus }) => byStatus[status],
      })),
    });
    const latency = new LineChart(container, {
      title: "Latency",
      format: formatSeconds,
      least: 0.001,
      lines: quantileLines("request"),
    });
    const busy = new LineChart(container, {
      title: "In flight",
      filled: true,
      format: formatNumber,
      least: 4,
      lines: [{
        label: "requests",
        color: 5,
        value: ({ inFlight, running, waiting }) => Number.isNaN(inFlight) ? running + waiting : inFlight,
      }],
    });
    this.heat = new HeatMap(container, { title: "Latency, all requests", latency: "request" });
    this.#routes = new TableView<RouteRow>(container, {
      title: "Routes",
      empty: "No request was counted yet",
      columns: ROUTE_COLUMNS,
    });
    const metrics = byId("metric-panels");
    this.#families = new TableView<FamilyRow>(metrics, {
      title: "Families by series",
      width: "double",
      empty: "None",
      columns: FAMILY_COLUMNS,
    });
    const cpu = new LineChart(metrics, {
      title: "Processor cores in use",
      filled: true,
      format: formatNumber,
      least: 0.1,
      lines: [{ label: "cores", color: 2, value: ({ cpuCores }) => cpuCores }],
    });
    const lag = new LineChart(metrics, {
      title: "Event loop lag of the threads",
      format: formatSeconds,
      least: 0.001,
      lines: quantileLines("lag"),
    });
    const memory = new LineChart(metrics, {
      title: "Memory of the process",
      filled: true,
      format: formatBytes,
      least: 1 << 20,
      steps: BINARY_STEPS,
      lines: [{ label: "resident", color: 6, value: ({ memoryBytes }) => memoryBytes }],
    });
    this.#scrapes = new TableView<FactRow>(metrics, {
      title: "Scrapes",
      empty: "Nobody has scraped yet",
      columns: [
        { title: "What", text: ({ name }) => name, wide: true },
        { title: "Value", text: ({ text }) => text, number: true },
      ],
    });
    this.charts = [requests, latency, busy, cpu, lag, memory];
  }

  /** Shows a history and the reports. */
  show(history: History, table: SampleTable, reports: Reports): void {
    this.#cards.show(serverCards(history, reports));
    this.#tiles.show(workerTiles(reports.slabs));
    this.#routes.show(routeRows(table, history.previous));
    const series = reports.families.reduce((sum, family) => sum + family.series, 0);
    const note = `${formatWhole(reports.families.length)} families, ${formatWhole(series)} series`;
    this.#families.show(familyRows(reports.families), note);
    this.#scrapes.show(scrapeFacts(table, reports));
  }
}

const ROUTE_COLUMNS = [
  { title: "Method", text: ({ method }: RouteRow) => method },
  { title: "Route", text: ({ route }: RouteRow) => route === "" ? "(none)" : route, wide: true },
  { title: "Rate", text: ({ rate }: RouteRow) => `${formatNumber(rate)}/s`, number: true },
  { title: "Mean", text: ({ meanSeconds }: RouteRow) => formatSeconds(meanSeconds), number: true },
  {
    title: "5xx",
    text: ({ failures, requests }: RouteRow) => formatShare(requests === 0 ? 0 : failures / requests),
    number: true,
    exact: ({ failures }: RouteRow) => String(failures),
  },
  {
    title: "Requests",
    text: ({ requests }: RouteRow) => formatWhole(requests),
    number: true,
    exact: ({ requests }: RouteRow) => String(requests),
  },
];

const FAMILY_COLUMNS = [
  {
    title: "Family",
    text: ({ name }: FamilyRow) => name,
    wide: true,
    bar: ({ share }: FamilyRow) => share,
    exact: ({ name, help, labelNames }: FamilyRow) => `${name}{${labelNames.join(", ")}}\n${help}`,
  },
  { title: "Type", text: ({ type }: FamilyRow) => type },
  { title: "Lines", text: ({ samples }: FamilyRow) => formatWhole(samples), number: true },
  { title: "Series", text: ({ series }: FamilyRow) => formatWhole(series), number: true },
];
