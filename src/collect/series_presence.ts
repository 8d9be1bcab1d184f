/**
 * Which series of a family are there, and since when they count.
 *
 * @module
 */
// CONTROL PLANE
import { type ColumnOrigin, SERIES_STATE } from "./column.ts";
import type { RetiredColumn } from "./retired_column.ts";
import type { SlabColumn } from "./slab_column.ts";

/** One slab's column of a family. */
export interface Member {
  readonly column: SlabColumn;
  readonly origin: ColumnOrigin;
}

/** By the series' number in its family. */
export interface SeriesPresence {
  /** 1 if some slab has the series, shown or not. */
  readonly known: Uint8Array;
  /** 1 if the series is shown. */
  readonly visible: Uint8Array;
  /** Since when what is shown of the series counts, in seconds since the Unix epoch. */
  readonly created: Float64Array;
}

/**
 * Looks at all columns. A series counts since the first of those that are shown of it began, so a removal or a reset
 * leaves nothing of the time before it.
 *
 * @param family how many series it has, and whether it looks at living workers only
 */
export function presenceOf(
  members: readonly Member[],
  retired: RetiredColumn,
  family: { readonly seriesCount: number; readonly live: boolean },
): SeriesPresence {
  const { seriesCount, live } = family;
  const known = new Uint8Array(seriesCount);
  const visible = new Uint8Array(seriesCount);
  const created = new Float64Array(seriesCount).fill(Infinity);
  for (const { column, origin } of members) {
    const counts = !live || origin.live;
    for (let k = 0; k < column.count; k++) {
      if (column.states[k] === SERIES_STATE.RECLAIMED) continue;
      const index = column.index[k];
      known[index] = 1;
      if (!counts || !column.exposes(k) || !column.shows(k)) continue;
      visible[index] = 1;
      if (column.created[k] < created[index]) created[index] = column.created[k];
    }
  }
  for (let index = 0; index < retired.count; index++) {
    if (retired.present[index] === 0) continue;
    visible[index] = 1;
    if (retired.created[index] < created[index]) created[index] = retired.created[index];
  }
  return { known, visible, created };
}
