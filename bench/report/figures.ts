/**
 * Numbers as people read them.
 *
 * @module
 */

/** Three digits: enough for what was measured, few enough to be compared at a glance. */
export function formatFigure(value: number): string {
  if (!Number.isFinite(value)) return "-";
  const size = Math.abs(value);
  if (size >= 100_000_000) return `${(value / 1e6).toFixed(0)} M`;
  if (size >= 1000) return groupThousands(Math.round(value));
  if (size >= 100 || value === 0) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  if (size >= 1) return value.toFixed(2);
  return Number(value.toPrecision(3)).toString();
}

/** 1234567 as `1 234 567`. */
export function groupThousands(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, " ");
}

/** How many times better, as `56x`, `2.3x` or `0.81x`. */
export function formatTimes(times: number): string {
  if (!Number.isFinite(times)) return "-";
  if (times >= 10) return `${groupThousands(Math.round(times))}x`;
  return `${times >= 1 ? times.toFixed(1) : times.toFixed(2)}x`;
}
