/**
 * What somebody may have meant who wrote a name that there is not.
 *
 * @module
 */

/** More changes than this, and a name is another one and no slip. */
const CHANGES_MAX = 2;

/** The name that a slip of at most two letters makes of `given`; undefined if no name is so near. */
export function closestName(given: string, names: Iterable<string>): string | undefined {
  let closest: string | undefined;
  let fewest = Math.min(CHANGES_MAX, given.length - 2) + 1;
  for (const name of names) {
    const changes = changesBetween(given, name);
    if (changes >= fewest) continue;
    fewest = changes;
    closest = name;
  }
  return closest;
}

/**
 * How many letters were added, left out, mistaken or swapped with their neighbour: the optimal string alignment
 * distance, row by row.
 */
function changesBetween(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + Number(!isSame));
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwapped) row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    before = last;
    last = row;
  }
  return last[b.length];
}

/**
 * Why a flag is refused, with the one that was meant if that can be guessed.
 *
 * @param flag its name, and how it was written, dashes and all
 */
export function unknownFlag(
  flag: { readonly name: string; readonly rawName: string },
  known: Iterable<string>,
): string {
  const meant = closestName(flag.name, known);
  const guess = meant === undefined ? "" : `did you mean "--${meant}"? `;
  return `Unknown flag "${flag.rawName}": ${guess}--help lists all flags`;
}
