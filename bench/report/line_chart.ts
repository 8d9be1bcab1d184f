/**
 * Lines on two logarithmic axes: how a figure grows with a size.
 *
 * @module
 */
import { formatFigure, groupThousands } from "./figures.ts";
import { legend } from "./legend.ts";
import { COLOURS, dot, logScale, polyline, svgDocument, text } from "./svg.ts";

/** One line. */
export interface Line {
  readonly subject: string;
  /** Size and figure, ascending by size. */
  readonly points: readonly (readonly [size: number, value: number])[];
}

const WIDTH = 900;
const PLOT_HEIGHT = 304;
const LEFT = 80;
const RIGHT = 856;

/** Draws the lines over a common grid. */
export function lineChart(
  { title, unit, size }: { title: string; unit: string; size: string },
  lines: readonly Line[],
): string {
  const { shapes, bottom: top } = legend(lines.map(({ subject }) => subject), WIDTH);
  const area = { left: LEFT, right: RIGHT, top, bottom: top + PLOT_HEIGHT };
  const points = lines.flatMap((line) => line.points);
  const xScale = logScale(points.map(([x]) => x), [area.left, area.right]);
  const yScale = logScale(points.map(([, y]) => y), [area.bottom, area.top]);
  for (const tick of xScale.ticks) {
    const x = xScale.at(tick);
    shapes.push(
      polyline([[x, area.top], [x, area.bottom]], { stroke: "#dddddd" }),
    );
    shapes.push(
      text(
        { x, y: area.bottom + 18, anchor: "middle", fill: "#666666" },
        groupThousands(tick),
      ),
    );
  }
  for (const tick of yScale.ticks) {
    const y = yScale.at(tick);
    shapes.push(
      polyline([[area.left, y], [area.right, y]], { stroke: "#dddddd" }),
    );
    shapes.push(
      text(
        { x: area.left - 8, y: y + 4, anchor: "end", fill: "#666666" },
        `${formatFigure(tick)} ${unit}`,
      ),
    );
  }
  shapes.push(
    text(
      { x: (area.left + area.right) / 2, y: area.bottom + 38, anchor: "middle" },
      size,
    ),
  );
  lines.forEach(({ points }, index) => {
    const colour = COLOURS[index % COLOURS.length];
    const path = points.map(([x, y]) => [xScale.at(x), yScale.at(y)] as const);
    shapes.push(
      polyline(path, { stroke: colour, width: 2 }),
      ...path.map((point) => dot(point, colour)),
    );
  });
  return svgDocument({ width: WIDTH, height: area.bottom + 50, title }, shapes);
}
