/**
 * Conditions over all operations of `micro` at once, on every runtime that was measured.
 *
 * @module
 */
import { OPENTELEMETRY } from "../peers/opentelemetry.ts";
import { PROM_CLIENT_PACKAGES } from "../peers/prom_client.ts";
import type { Result, Row } from "../runner/result.ts";
import { advantage } from "../runner/statistics.ts";
import { findRow, findRows } from "./lookup.ts";

/** The libraries that JavaScript programs would use instead. */
export const PEERS: readonly string[] = [...PROM_CLIENT_PACKAGES, OPENTELEMETRY];

/** The libraries that the compat entry stands in for. */
export const REPLACED: readonly string[] = ["prom-client", "@prometheus-io/client"];

/** One operation beside its fastest peer. */
interface Comparison {
  readonly row: Row;
  readonly peer: string;
  /** How many times the peer's time it takes: the smaller of the ratios of the best and of the median samples. */
  readonly times: number;
}

/** No operation of a subject takes more than so many times what the fastest of some peers takes. */
export function noSlowerThan(
  subject: string,
  peers: readonly string[],
  allowed: number,
): (result: Pick<Result, "rows">) => { readonly text: string; readonly reached: boolean } | undefined {
  return (result) => {
    const all = findRows(result, { suite: "micro", subject }).flatMap((row) => slowest(result, row, peers));
    if (all.length === 0) return undefined;
    const slow = all.filter(({ times }) => times > allowed);
    const shown = slow.length > 0 ? slow : [all.reduce((a, b) => a.times >= b.times ? a : b)];
    const text = shown.map(({ row, peer, times }) =>
      `${row.work} on ${row.runtime} takes ${times.toFixed(2)} times ${peer}'s time`
    ).join("; ");
    return {
      text: `${slow.length} of ${all.length} operations${slow.length > 0 ? "" : ", at worst"}: ${text}`,
      reached: slow.length === 0,
    };
  };
}

/** An operation beside the peer that does it best; nothing if no peer does it. */
function slowest(result: Pick<Result, "rows">, row: Row, peers: readonly string[]): Comparison[] {
  const { suite, work, runtime, unit } = row;
  const found = peers.flatMap((subject): Comparison[] => {
    const peer = findRow(result, { suite, work, runtime, unit, subject });
    if (peer === undefined) return [];
    const ahead = advantage(row.samples, peer.samples, row.better);
    return [{ row, peer: subject, times: 1 / Math.max(ahead.best, ahead.median) }];
  });
  return found.length === 0 ? [] : [found.reduce((a, b) => a.times >= b.times ? a : b)];
}
