/**
 * A heat map: how many observations fell into which bucket, when.
 *
 * @module
 */
import { formatSeconds, formatWhole } from "../model/format.ts";
import type { Latency } from "../model/frame.ts";
import { type HeatCells, heatCells } from "../model/heat.ts";
import type { History } from "../model/history.ts";
import { TIME_STEPS, timeText } from "./clock.ts";
import { make, setText, themeValue } from "./dom.ts";
import { addPanel, onResize } from "./panel.ts";

/** Room for the bounds at the left and the times below, in CSS pixels: as the charts of lines have it. */
const LEFT = 62;
const BOTTOM = 22;
const COLUMN_WIDTH = 6;

/** A heat map in a panel of its own. */
export class HeatMap {
  readonly #title: string;
  readonly #latency: Latency;
  readonly #box: HTMLElement;
  readonly #note: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  #history: History | undefined;
  #windowSeconds = 300;
  #endSeconds = 0;

  constructor(container: HTMLElement, { title, latency }: { title: string; latency: Latency }) {
    const { root, note } = addPanel(container, title, "double");
    this.#title = title;
    this.#latency = latency;
    this.#note = note;
    this.#canvas = make("canvas", { attributes: { "aria-hidden": "true" } });
    this.#box = make("div", { class: "plot", attributes: { role: "img" } }, this.#canvas);
    root.append(
      make("p", { class: "legend key", text: "Requests by duration; the stronger the colour, the more" }),
      this.#box,
    );
    onResize(this.#box, () => this.redraw());
  }

  /** Shows the history up to a time. */
  show(history: History, endSeconds: number, windowSeconds: number): void {
    this.#history = history;
    this.#endSeconds = endSeconds;
    this.#windowSeconds = windowSeconds;
    this.redraw();
  }

  /** As many columns as there is room for, but none so narrow that there was no look in its time. */
  #columnCount(width: number): number {
    const apart = this.#history?.previous?.seconds ?? 1;
    const looks = Math.floor(this.#windowSeconds / (1.1 * apart));
    return Math.max(10, Math.min(looks, Math.floor(width / COLUMN_WIDTH)));
  }

  /** Draws anew. */
  redraw(): void {
    const { clientWidth: width, clientHeight: height } = this.#box;
    if (width === 0 || this.#history === undefined) return;
    const ratio = globalThis.devicePixelRatio;
    if (
      this.#canvas.width !== Math.round(width * ratio) || this.#canvas.height !== Math.round(height * ratio)
    ) {
      this.#canvas.width = Math.round(width * ratio);
      this.#canvas.height = Math.round(height * ratio);
      this.#canvas.style.width = `${width}px`;
      this.#canvas.style.height = `${height}px`;
    }
    const cells = heatCells(this.#history.moments, this.#latency, {
      bounds: this.#history.bounds[this.#latency],
      endSeconds: this.#endSeconds,
      windowSeconds: this.#windowSeconds,
      columns: this.#columnCount(width - LEFT),
    });
    const context = this.#canvas.getContext("2d")!;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    draw(context, cells, { width, height });
    drawTimes(context, { width, height, endSeconds: this.#endSeconds, windowSeconds: this.#windowSeconds });
    const seen = cells.columns.flat().reduce((sum, count) => sum + count, 0);
    setText(this.#note, seen === 0 ? "none in this time" : `${formatWhole(seen)} in this time`);
    this.#box.setAttribute("aria-label", `${this.#title}: ${formatWhole(seen)} observations`);
  }
}

function draw(
  context: CanvasRenderingContext2D,
  { bounds, columns, most }: HeatCells,
  { width, height }: { width: number; height: number },
): void {
  const [from, to] = [rgb(themeValue("heat-from")), rgb(themeValue("heat-to"))];
  const plotHeight = height - BOTTOM;
  context.fillStyle = themeValue("muted");
  context.font = '11px system-ui, -apple-system, "Segoe UI", sans-serif';
  context.textAlign = "right";
  context.textBaseline = "middle";
  if (bounds.length === 0) {
    context.textAlign = "center";
    context.fillText("Nothing was observed yet", width / 2, plotHeight / 2);
    return;
  }
  const rowHeight = plotHeight / bounds.length;
  const columnWidth = (width - LEFT) / columns.length;
  const every = Math.ceil(16 / rowHeight);
  bounds.forEach((bound, row) => {
    if (row % every !== 0) return;
    const label = bound === Infinity ? "longer" : formatSeconds(bound);
    context.fillText(label, LEFT - 6, plotHeight - (row + 0.5) * rowHeight);
  });
  columns.forEach((counts, column) => {
    counts.forEach((count, row) => {
      if (count === 0) return;
      // WHY: the root lets few observations be seen beside many.
      const strength = Math.sqrt(count / most);
      context.fillStyle = `rgb(${
        from.map((part, i) => Math.round(part + (to[i] - part) * strength)).join(" ")
      })`;
      const x = LEFT + column * columnWidth;
      const y = plotHeight - (row + 1) * rowHeight;
      context.fillRect(x, y, Math.ceil(columnWidth) - 0.5, Math.ceil(rowHeight) - 0.5);
    });
  });
}

/** Writes times under the columns, at whole steps. */
function drawTimes(
  context: CanvasRenderingContext2D,
  place: { width: number; height: number; endSeconds: number; windowSeconds: number },
): void {
  const { width, height, endSeconds, windowSeconds } = place;
  const pixels = (width - LEFT) / windowSeconds;
  const step = TIME_STEPS.find((seconds) => seconds * pixels >= 100) ?? 600;
  context.fillStyle = themeValue("muted");
  context.textAlign = "center";
  for (let at = Math.ceil((endSeconds - windowSeconds) / step) * step; at <= endSeconds; at += step) {
    const x = LEFT + (at - endSeconds + windowSeconds) * pixels;
    if (x > LEFT + 20 && x < width - 24) context.fillText(timeText(at), x, height - BOTTOM / 2 + 2);
  }
}

/** The parts of a colour that is written as `#rrggbb`. */
function rgb(hex: string): readonly number[] {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}
