/**
 * A chart of lines over time.
 *
 * @module
 */
import uPlot from "npm:uplot@1.6.32";
import type { Moment } from "../model/history.ts";
import { TIME_STEPS, timeText } from "./clock.ts";
import { make, setText, themeValue } from "./dom.ts";
import { addPanel, onResize } from "./panel.ts";

/** One line. */
export interface Line {
  readonly label: string;
  /** Its colour, from 1 to 6. */
  readonly color: number;
  /** Its value at a moment; NaN for none. */
  readonly value: (moment: Moment) => number;
}

/** What a chart shows. */
export interface LineChartOptions {
  readonly title: string;
  readonly format: (value: number) => string;
  readonly lines: readonly Line[];
  /** The least upper end of the vertical axis. */
  readonly least?: number;
  /** Never more than this, where the values cannot be. */
  readonly most?: number;
  /** Steps of the vertical axis to choose from. Default: those of round decimal numbers. */
  readonly steps?: readonly number[];
  /** Whether the area under the lines is tinted. */
  readonly filled?: boolean;
}

const AXIS_FONT = '11px system-ui, -apple-system, "Segoe UI", sans-serif';

/** A chart in a panel of its own. */
export class LineChart {
  readonly #options: LineChartOptions;
  readonly #plotBox: HTMLElement;
  readonly #legend: HTMLElement;
  readonly #note: HTMLElement;
  #lines: readonly Line[];
  #values: HTMLElement[] = [];
  #plot: uPlot | undefined;
  #data: uPlot.AlignedData = [[]];
  #range: [number, number] = [0, 1];

  constructor(container: HTMLElement, options: LineChartOptions) {
    const { root, note } = addPanel(container, options.title);
    this.#options = options;
    this.#lines = options.lines;
    this.#note = note;
    this.#legend = make("ul", { class: "legend" });
    this.#plotBox = make("div", { class: "plot", attributes: { role: "img", "aria-label": options.title } });
    root.append(this.#legend, this.#plotBox);
    this.#fillLegend();
    onResize(this.#plotBox, (width, height) => this.#resize(width, height));
  }

  /** Shows other lines from now on; the same number of lines of the same names changes nothing. */
  setLines(lines: readonly Line[]): void {
    if (lines.map(({ label }) => label).join() === this.#lines.map(({ label }) => label).join()) return;
    this.#lines = lines;
    this.#fillLegend();
    this.redraw();
  }

  /** Shows moments up to a time. */
  show(moments: readonly Moment[], endSeconds: number, windowSeconds: number): void {
    this.#range = [endSeconds - windowSeconds, endSeconds];
    const rows = this.#lines.map(({ value }) => moments.map((moment) => orNull(value(moment))));
    this.#data = [moments.map(({ atSeconds }) => atSeconds), ...rows];
    this.#plot?.setData(this.#data);
    this.#showValues(this.#plot?.cursor.idx ?? undefined);
    const latest = this.#lines.map(({ label }, i) => `${label} ${this.#text(i, undefined)}`).join(", ");
    this.#plotBox.setAttribute("aria-label", `${this.#options.title}: ${latest}`);
  }

  /** Draws anew, for another theme. */
  redraw(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
    const { clientWidth, clientHeight } = this.#plotBox;
    if (clientWidth > 0) this.#resize(clientWidth, clientHeight);
  }

  #resize(width: number, height: number): void {
    if (this.#plot !== undefined) {
      if (this.#plot.width !== width || this.#plot.height !== height) this.#plot.setSize({ width, height });
      return;
    }
    this.#plot = new uPlot(this.#plotOptions(width, height), this.#data, this.#plotBox);
  }

  #plotOptions(width: number, height: number): uPlot.Options {
    const axis = {
      stroke: themeValue("muted"),
      font: AXIS_FONT,
      grid: { stroke: themeValue("grid"), width: 1 },
      ticks: { show: false },
      gap: 6,
    };
    const { format, least = 0, most = Infinity, steps, filled = false } = this.#options;
    const spacing = width < 420 ? 90 : 100;
    return {
      width,
      height,
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, points: { size: 6 } },
      scales: {
        x: { time: false, range: () => this.#range },
        y: { range: (_plot, _low, high) => [0, Math.min(most, Math.max(least, roundUp(high ?? 0)))] },
      },
      axes: [
        {
          ...axis,
          size: 22,
          space: spacing,
          values: (_plot, splits) => splits.map(timeText),
          incrs: [...TIME_STEPS],
        },
        {
          ...axis,
          size: 62,
          space: 34,
          values: (_plot, splits) => splits.map((value) => short(format(value))),
          ...(steps && { incrs: [...steps] }),
        },
      ],
      series: [
        {},
        ...this.#lines.map(({ label, color }) => ({
          label,
          stroke: themeValue(`s${color}`),
          width: 1.75,
          fill: filled ? `${themeValue(`s${color}`)}26` : undefined,
          points: { show: false },
          spanGaps: false,
        })),
      ],
      hooks: { setCursor: [(plot) => this.#showValues(plot.cursor.idx ?? undefined)] },
    };
  }

  #fillLegend(): void {
    this.#values = this.#lines.map(() => make("span", { class: "value" }));
    this.#legend.replaceChildren(...this.#lines.map(({ label, color }, i) =>
      make(
        "li",
        {},
        make("span", { class: `swatch s${color}` }),
        make("span", { class: "name", text: label }),
        this.#values[i],
      )
    ));
  }

  /** Fills the legend with the values under the pointer, or else with the latest ones. */
  #showValues(index: number | undefined): void {
    this.#values.forEach((element, i) => setText(element, this.#text(i, index)));
    const at = index === undefined ? undefined : this.#data[0][index];
    setText(this.#note, at === undefined ? "" : timeText(at));
  }

  #text(line: number, index: number | undefined): string {
    const values = this.#data[line + 1];
    const value = values?.[index ?? values.length - 1];
    return this.#options.format(value ?? NaN);
  }
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** A number of an axis needs no zeros behind its point. */
function short(text: string): string {
  return text.replace(/(\.\d*?)0+(?=\D|$)/, "$1").replace(/\.(?=\D|$)/, "");
}

/** A round number not below a value, so that the axis does not move with every look. */
function roundUp(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((factor) => factor * power >= value * 1.02) ?? 12;
  return step * power;
}
