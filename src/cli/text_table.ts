/**
 * Tables of plain text.
 *
 * @module
 */

/**
 * Lines of a table whose columns are as wide as their longest cell.
 *
 * @param head the titles
 * @param rows as many cells in each
 * @param right the columns that stand at the right, from 0
 */
export function textTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => [...row[column]].length)));
  return all.map((row) =>
    row.map((cell, column) => {
      const gap = " ".repeat(widths[column] - [...cell].length);
      return right.includes(column) ? gap + cell : cell + gap;
    }).join("  ").trimEnd()
  );
}
