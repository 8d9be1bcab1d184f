/**
 * Dashboards as Grafana's JSON.
 *
 * @module
 */
import type { Dashboard, Panel } from "./panels.ts";

/** Width of a dashboard, and the size of a panel, in Grafana's grid. */
const GRID_WIDTH = 24;
const PANEL = { w: 6, h: 7 };

/** The version of the dashboard schema that is written. */
const SCHEMA_VERSION = 39;

const DATA_SOURCE = { type: "prometheus", uid: "${datasource}" };

/** The JSON of a dashboard, as Grafana imports and provisions it. */
export function grafanaJson(dashboard: Dashboard): string {
  const panels: object[] = [];
  let y = 0;
  for (const row of dashboard.rows) {
    panels.push({
      id: panels.length + 1,
      type: "row",
      title: row.title,
      gridPos: { x: 0, y: y++, w: GRID_WIDTH, h: 1 },
    });
    for (const [i, panel] of row.panels.entries()) {
      const column = i * PANEL.w % GRID_WIDTH;
      panels.push(panelJson(panel, panels.length + 1, { ...PANEL, x: column, y }));
      if (column + PANEL.w >= GRID_WIDTH || i === row.panels.length - 1) y += PANEL.h;
    }
  }
  const json = {
    uid: `promslab-${dashboard.id}`,
    title: dashboard.title,
    tags: ["promslab"],
    schemaVersion: SCHEMA_VERSION,
    editable: true,
    graphTooltip: 1,
    refresh: "10s",
    time: { from: "now-30m", to: "now" },
    timezone: "browser",
    templating: { list: variables(dashboard) },
    panels,
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

function panelJson(panel: Panel, id: number, gridPos: object): object {
  const kind = panel.kind ?? "timeseries";
  return {
    id,
    type: kind,
    title: panel.title,
    gridPos,
    datasource: DATA_SOURCE,
    fieldConfig: { defaults: { unit: panel.unit, min: 0 }, overrides: [] },
    options: kind === "heatmap"
      ? { calculate: false, yAxis: { unit: panel.unit }, color: { mode: "scheme", scheme: "Spectral" } }
      : { legend: { displayMode: "list", placement: "bottom" }, tooltip: { mode: "multi", sort: "desc" } },
    targets: panel.queries.map(({ expression, legend }, i) => ({
      refId: String.fromCharCode("A".charCodeAt(0) + i),
      datasource: DATA_SOURCE,
      expr: expression,
      legendFormat: legend,
      ...(kind === "heatmap" ? { format: "heatmap" } : {}),
    })),
  };
}

function variables({ variables }: Dashboard): object[] {
  const labels = [
    { label: "job", series: "up" },
    { label: "instance", series: 'up{job=~"$job"}' },
    ...variables,
  ];
  return [
    { name: "datasource", type: "datasource", query: "prometheus" },
    ...labels.map(({ label, series }) => ({
      name: label,
      type: "query",
      datasource: DATA_SOURCE,
      query: { query: `label_values(${series}, ${label})`, refId: label },
      refresh: 2,
      includeAll: true,
      multi: true,
      // WHY: "All" without this lists every value in the expression, and finds nothing where there are none yet.
      allValue: ".*",
      current: { text: "All", value: "$__all" },
    })),
  ];
}
