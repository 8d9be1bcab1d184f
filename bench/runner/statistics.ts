/**
 * Best, median and ratios of samples that were taken in turns.
 *
 * @module
 */

/** Whether a smaller or a bigger figure is the better one. */
export type Better = "lower" | "higher";

/**
 * The value below which the share `q` of the samples lies, interpolated.
 *
 * @throws {RangeError} If there is no sample.
 */
export function quantile(samples: readonly number[], q: number): number {
  if (samples.length === 0) {
    throw new RangeError(`Cannot take quantile ${q}: there is no sample`);
  }
  const sorted = [...samples].sort((a, b) => a - b);
  const position = (sorted.length - 1) * q;
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
}

/** The middle sample. */
export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

/** The best sample: what the machine can do when nothing else disturbs it. */
export function best(
  samples: readonly number[],
  better: Better = "lower",
): number {
  return samples.reduce((a, b) => better === "lower" ? Math.min(a, b) : Math.max(a, b));
}

/** How many times better `ours` is than `theirs`: 2 is twice as good, 0.5 half as good. */
export interface Advantage {
  /** From the best sample of each. */
  readonly best: number;
  /** The middle of the ratios of each round, whose samples were taken one right after the other. */
  readonly median: number;
}

/** Compares two series of samples of which those of the same index belong to the same round. */
export function advantage(
  ours: readonly number[],
  theirs: readonly number[],
  better: Better = "lower",
): Advantage {
  const times = (a: number, b: number) => better === "lower" ? b / a : a / b;
  const rounds = Math.min(ours.length, theirs.length);
  const ratios = Array.from(
    { length: rounds },
    (_, round) => times(ours[round], theirs[round]),
  );
  return {
    best: times(best(ours, better), best(theirs, better)),
    median: median(ratios),
  };
}
