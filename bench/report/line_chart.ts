/**
 * Lines on two logarithmic axes: how a figure grows with a size.
 *
 * @module
 */
import { legend } from "./bar_chart.ts";
import { formatFigure, groupThousands } from "./figures.ts";
import { COLOURS, dot, logScale, polyline, svgDocument, text } from "./svg.ts";

/** One line. */
export interface Line {
  readonly subject: string;
  /** Size and figure, ascending by size. */
  readonly points: readonly (readonly [size: number, value: number])[];
}

const WIDTH = 900;
const HEIGHT = 420;
const AREA = { left: 80, right: 880, top: 66, bottom: 370 } as const;

/** Draws the lines over a common grid. */
export function lineChart(
  { title, unit, size }: { title: string; unit: string; size: string },
  lines: readonly Line[],
): string {
  const points = lines.flatMap((line) => line.points);
  const xScale = logScale(points.map(([x]) => x), [AREA.left, AREA.right]);
  const yScale = logScale(points.map(([, y]) => y), [AREA.bottom, AREA.top]);
  const shapes: string[] = [...legend(lines.map(({ subject }) => subject))];
  for (const tick of xScale.ticks) {
    const x = xScale.at(tick);
    shapes.push(
      polyline([[x, AREA.top], [x, AREA.bottom]], { stroke: "#dddddd" }),
    );
    shapes.push(
      text(
        { x, y: AREA.bottom + 18, anchor: "middle", fill: "#666666" },
        groupThousands(tick),
      ),
    );
  }
  for (const tick of yScale.ticks) {
    const y = yScale.at(tick);
    shapes.push(
      polyline([[AREA.left, y], [AREA.right, y]], { stroke: "#dddddd" }),
    );
    shapes.push(
      text(
        { x: AREA.left - 8, y: y + 4, anchor: "end", fill: "#666666" },
        `${formatFigure(tick)} ${unit}`,
      ),
    );
  }
  shapes.push(
    text(
      { x: (AREA.left + AREA.right) / 2, y: HEIGHT - 12, anchor: "middle" },
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
  return svgDocument({ width: WIDTH, height: HEIGHT, title }, shapes);
}
