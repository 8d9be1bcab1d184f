/**
 * Groups of bars on a logarithmic axis: what each subject needs for each work.
 *
 * @module
 */
import { formatFigure } from "./figures.ts";
import { legend } from "./legend.ts";
import { bar, COLOURS, logScale, polyline, svgDocument, text } from "./svg.ts";

/** One group of bars. */
export interface BarGroup {
  readonly name: string;
  readonly bars: readonly {
    readonly subject: string;
    readonly value: number;
  }[];
}

const WIDTH = 900;
const LEFT = 210;
const RIGHT = 70;
const BAR_HEIGHT = 11;
const GROUP_GAP = 10;

/** Draws the groups one below the other. */
export function barChart(
  { title, unit }: { title: string; unit: string },
  groups: readonly BarGroup[],
): string {
  const subjects = [
    ...new Set(
      groups.flatMap(({ bars }) => bars.map(({ subject }) => subject)),
    ),
  ];
  const values = groups.flatMap(({ bars }) => bars.map(({ value }) => value));
  const scale = logScale(values, [LEFT, WIDTH - RIGHT]);
  const { shapes: head, bottom: top } = legend(subjects, WIDTH);
  const barCount = groups.reduce((sum, { bars }) => sum + bars.length, 0);
  const height = top + barCount * BAR_HEIGHT + groups.length * GROUP_GAP + 34;
  const shapes: string[] = [...head];
  for (const tick of scale.ticks) {
    const x = scale.at(tick);
    shapes.push(
      polyline([[x, top - 6], [x, height - 26]], { stroke: "#dddddd" }),
    );
    shapes.push(
      text(
        { x, y: height - 10, anchor: "middle", fill: "#666666" },
        `${formatFigure(tick)} ${unit}`,
      ),
    );
  }
  let y = top;
  for (const { name, bars } of groups) {
    shapes.push(
      text({
        x: LEFT - 8,
        y: y + bars.length * BAR_HEIGHT / 2 + 4,
        anchor: "end",
      }, name),
    );
    for (const { subject, value } of bars) {
      const end = scale.at(value);
      const fill = COLOURS[subjects.indexOf(subject) % COLOURS.length];
      shapes.push(
        bar({
          x: LEFT,
          y,
          width: Math.max(end - LEFT, 1),
          height: BAR_HEIGHT - 1,
          fill,
        }),
      );
      shapes.push(
        text(
          { x: end + 4, y: y + BAR_HEIGHT - 2, size: 10, fill: "#444444" },
          formatFigure(value),
        ),
      );
      y += BAR_HEIGHT;
    }
    y += GROUP_GAP;
  }
  return svgDocument({ width: WIDTH, height, title }, shapes);
}
