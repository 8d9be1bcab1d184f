/**
 * Times of day along the horizontal axes.
 *
 * @module
 */

/** Steps between the times that are written, in seconds. */
export const TIME_STEPS: readonly number[] = [5, 10, 15, 30, 60, 120, 300, 600];

const clock = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

/** The time of day at the person's place, of seconds since the Unix epoch. */
export function timeText(seconds: number): string {
  return clock.format(new Date(seconds * 1000));
}
