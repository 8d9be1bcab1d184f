/**
 * What the colours of a picture stand for.
 *
 * @module
 */
import { bar, COLOURS, text } from "./svg.ts";

const LEFT = 16;
const LINE_HEIGHT = 18;
const FIRST_LINE = 38;
/** About the width of a letter. */
const LETTER = 6.6;

/** The subjects with their colours, in as many lines as they need below the title, and where the picture goes on. */
export function legend(subjects: readonly string[], width: number): { shapes: string[]; bottom: number } {
  let x = LEFT;
  let y = FIRST_LINE;
  const shapes = subjects.flatMap((subject, index) => {
    const size = 28 + subject.length * LETTER;
    if (x + size > width && x > LEFT) {
      x = LEFT;
      y += LINE_HEIGHT;
    }
    const place = x;
    x += size;
    return [
      bar({ x: place, y, width: 10, height: 10, fill: COLOURS[index % COLOURS.length] }),
      text({ x: place + 14, y: y + 9 }, subject),
    ];
  });
  return { shapes, bottom: y + 30 };
}
