/**
 * Draws what a Prometheus has seen of both servers behind the proxy: their counters of requests, and the rates that
 * Prometheus makes of them. The guide's picture is made by it.
 *
 * Run: deno run -A examples/llm/graph.ts [SECONDS] [PROMETHEUS] > picture.svg
 *
 * @module
 */

/** A pair of curves that tell the same of the two servers. */
interface Row {
  readonly title: string;
  readonly before: string;
  readonly here: string;
}

type Point = readonly [unixSeconds: number, value: number];

const SERIES = {
  before: "proxy_requests_total",
  here: 'sum(http_requests_total{handler="/v1/completions"})',
} as const;
const ROWS: readonly Row[] = [
  { title: "requests answered so far", ...SERIES },
  {
    title: "requests per second",
    before: `rate(${SERIES.before}[20s])`,
    here: 'sum(rate(http_requests_total{handler="/v1/completions"}[20s]))',
  },
];
const COLUMNS = [
  { name: "before", title: "each worker has metrics of its own", colour: "#c2185b" },
  { name: "here", title: "promslab: one answer for all workers", colour: "#0b6e4f" },
] as const;

const PLOT = { width: 400, height: 150, left: 62, top: 62, gapX: 78, gapY: 62 } as const;
const STEP_SECONDS = 1;

const [seconds = "120", prometheus = "http://127.0.0.1:9090"] = Deno.args;
const endSeconds = Math.floor(Date.now() / 1000);
const window = { start: endSeconds - Number(seconds), end: endSeconds };

/** What Prometheus knows of an expression; moments without a value are left out. */
async function query(expression: string): Promise<Point[]> {
  const url = new URL("/api/v1/query_range", prometheus);
  const values = { query: expression, step: STEP_SECONDS, ...window };
  for (const [key, value] of Object.entries(values)) url.searchParams.set(key, String(value));
  const { status, data, error } = await (await fetch(url)).json();
  if (status !== "success") throw new Error(`Cannot query "${expression}": ${error}`);
  const points: [number, string][] = data.result[0]?.values ?? [];
  if (points.length === 0) throw new Error(`Cannot draw "${expression}": Prometheus has seen nothing of it`);
  return points.map(([at, value]) => [at, Number(value)]);
}

function text(x: number, y: number, words: string, style = ""): string {
  const safe = words.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return `<text x="${x}" y="${y}" ${style}>${safe}</text>`;
}

/** One plot at its place, from 0 to a bound that both plots of a row share. */
function plot(
  points: readonly Point[],
  place: { x: number; y: number; max: number; colour: string },
): string[] {
  const { x, y, max, colour } = place;
  const { width, height } = PLOT;
  const at = ([time, value]: Point) =>
    `${(x + (time - window.start) / (window.end - window.start) * width).toFixed(1)},${
      (y + height - value / max * height).toFixed(1)
    }`;
  const shapes = [0, 0.5, 1].flatMap((part) => {
    const level = y + height - part * height;
    return [
      `<path d="M${x} ${level}h${width}" stroke="#ddd"/>`,
      text(x - 6, level + 4, String(Math.round(part * max)), 'text-anchor="end" fill="#666"'),
    ];
  });
  for (const part of [0, 0.5, 1]) {
    const label = `${Math.round(part * (window.end - window.start))} s`;
    shapes.push(text(x + part * width, y + height + 16, label, 'text-anchor="middle" fill="#666"'));
  }
  shapes.push(
    `<polyline points="${points.map(at).join(" ")}" fill="none" stroke="${colour}" stroke-width="1.5"/>`,
  );
  return shapes;
}

/** A bound above all values that halves well. */
function boundAbove(values: readonly number[]): number {
  const most = Math.max(...values, 1);
  const unit = 2 * 10 ** Math.max(0, Math.floor(Math.log10(most)) - 1);
  return Math.ceil(most / unit) * unit;
}

const shapes: string[] = [];
for (const [index, row] of ROWS.entries()) {
  const y = PLOT.top + index * (PLOT.height + PLOT.gapY);
  const curves = await Promise.all(COLUMNS.map(({ name }) => query(row[name])));
  const max = boundAbove(curves.flat().map(([, value]) => value));
  for (const [column, { title, colour }] of COLUMNS.entries()) {
    const x = PLOT.left + column * (PLOT.width + PLOT.gapX);
    if (index === 0) shapes.push(text(x, 22, title, 'font-weight="bold" font-size="14"'));
    shapes.push(text(x, y - 10, row.title), ...plot(curves[column], { x, y, max, colour }));
  }
}
const width = PLOT.left + 2 * PLOT.width + PLOT.gapX + 20;
const height = PLOT.top + ROWS.length * (PLOT.height + PLOT.gapY) - 20;
console.log(
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ` +
    'role="img" font-family="system-ui, sans-serif" font-size="12" fill="#222">',
    "<title>What Prometheus sees of a server of four workers behind nginx</title>",
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...shapes,
    "</svg>",
  ].join("\n"),
);
