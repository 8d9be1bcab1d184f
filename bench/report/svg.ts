/**
 * A few shapes as SVG, which every browser and code host shows.
 *
 * @module
 */

/** The colours of subjects, promslab's first; they differ in lightness too, for those who do not see all colours. */
export const COLOURS: readonly string[] = [
  "#0b6e4f",
  "#e07a00",
  "#5b4fc4",
  "#c2185b",
  "#2196c9",
  "#7a7a7a",
  "#8d6e00",
  "#111111",
];

/** Text as XML wants it. */
export function escapeXml(text: string): string {
  return text.replace(
    /[&<>"]/g,
    (letter) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[letter]!,
  );
}

/** A whole picture. */
export function svgDocument(
  { width, height, title }: { width: number; height: number; title: string },
  shapes: readonly string[],
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text({ x: 16, y: 24, size: 15, weight: "bold" }, title),
    ...shapes,
    "</svg>",
    "",
  ].join("\n");
}

/** Where and how a text stands. */
export interface TextPlace {
  readonly x: number;
  readonly y: number;
  readonly size?: number;
  readonly anchor?: "start" | "middle" | "end";
  readonly weight?: "normal" | "bold";
  readonly fill?: string;
}

/** A line of text. */
export function text(
  { x, y, size = 12, anchor = "start", weight = "normal", fill = "#222222" }: TextPlace,
  content: string,
): string {
  return `<text x="${round(x)}" y="${
    round(y)
  }" font-size="${size}" text-anchor="${anchor}" font-weight="${weight}" fill="${fill}">${
    escapeXml(content)
  }</text>`;
}

/** A filled rectangle. */
export function bar(
  place: { x: number; y: number; width: number; height: number; fill: string },
): string {
  const { x, y, width, height, fill } = place;
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${
    round(height)
  }" fill="${fill}"/>`;
}

/** A line through points. */
export function polyline(
  points: readonly (readonly [number, number])[],
  { stroke, width = 1 }: { stroke: string; width?: number },
): string {
  const path = points.map(([x, y]) => `${round(x)},${round(y)}`).join(" ");
  return `<polyline points="${path}" fill="none" stroke="${stroke}" stroke-width="${width}"/>`;
}

/** A dot. */
export function dot([x, y]: readonly [number, number], fill: string): string {
  return `<circle cx="${round(x)}" cy="${round(y)}" r="3" fill="${fill}"/>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** A logarithmic axis. */
export interface LogScale {
  at(value: number): number;
  /** The powers of ten on it. */
  readonly ticks: readonly number[];
}

/** A logarithmic axis over whole decades that covers all values above 0. */
export function logScale(
  values: readonly number[],
  [from, to]: readonly [number, number],
): LogScale {
  const logs = values.filter((value) => value > 0).map(Math.log10);
  const low = Math.floor(Math.min(...logs));
  const high = Math.max(Math.ceil(Math.max(...logs)), low + 1);
  return {
    at: (value) =>
      from +
      (Math.log10(Math.max(value, 10 ** low)) - low) / (high - low) *
        (to - from),
    ticks: Array.from(
      { length: high - low + 1 },
      (_, index) => 10 ** (low + index),
    ),
  };
}
