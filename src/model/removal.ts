/**
 * Removals: which series are to vanish from the output of all workers.
 *
 * @module
 */
// CONTROL PLANE

/** A removal as it travels between threads. */
export interface Removal {
  /** The family's name. */
  readonly family: string;
  /** Label values that a series must have to be removed; other labels do not matter. */
  readonly labels: Readonly<Record<string, string>>;
  /** Whether the series start again at 0 instead of vanishing. */
  readonly reset: boolean;
  /** Which worker asked, as slot and epoch; it has applied the removal already. */
  readonly origin: string;
  /** In the log: the number that the removal has among those that its origin announced, if that was another thread. */
  readonly ask?: number;
  /** Where threads have no common log: its number among the removals of all threads. Series made after it are not meant. */
  readonly at?: number;
}

/** Whether a removal is meant for a series. */
export function removalMatches(
  removal: Removal,
  series: { labelNames: readonly string[]; values: readonly string[] },
): boolean {
  for (const name in removal.labels) {
    if (series.values[series.labelNames.indexOf(name)] !== removal.labels[name]) return false;
  }
  return true;
}
