/**
 * What the documentation of the public interface must have: a docstring for every export, an example for every
 * function, class and value, `@throws` for all that throws, a docstring for every option, and for every number what it
 * counts or in which unit it is.
 *
 * @module
 */
import { throwsBy } from "./_throwing.ts";
import { entryDocs, type NumberDoc, type SymbolDoc } from "./reference/symbols.ts";

/** What exports lack, one line each. */
export async function checkDocs(): Promise<string[]> {
  const problems = new Set<string>();
  for (const { symbols } of await entryDocs()) {
    for (const problem of symbols.flatMap(undocumented)) problems.add(problem);
  }
  return [...problems].sort();
}

/** What the documentation of one export lacks. */
export function undocumented(symbol: SymbolDoc): string[] {
  const { name, kind, doc, exampleCount, place, properties, callables } = symbol;
  const isValue = kind === "function" || kind === "class" || kind === "variable";
  return [
    ...(doc.trim() === "" ? [`${place} ${name}: no docstring`] : []),
    ...(isValue && exampleCount === 0 ? [`${place} ${name}: no @example`] : []),
    ...properties.filter((property) => property.doc.trim() === "")
      .map((property) => `${place} ${name}.${property.name}: no docstring`),
    ...properties.filter((property) => property.isNumber && isBare(property))
      .map((property) => `${place} ${name}.${property.name}: a number without a unit`),
    ...callables.flatMap((callable) => {
      const where = `${callable.file}:${callable.line + 1} ${callable.name}`;
      const cause = callable.saysThrows ? undefined : throwsBy(callable);
      return [
        ...(cause === undefined ? [] : [`${where}: no @throws, though of ${cause}`]),
        ...callable.numbers.filter(isBare).map((number) =>
          `${where}(${number.name}): a number without a unit`
        ),
      ];
    }),
  ];
}

/** Names whose last word is the unit, or what is counted; `…32` is an index of 32-bit words. */
const UNIT_IN_NAME =
  /(?:seconds|ms|bytes|mib|count|port|line|status|slot|epoch|value|32|contributor|[a-z]{3}s)$/i;

/** Words by which a text says what a number counts, from where to where it goes, or where that is said. */
const UNIT_IN_TEXT =
  /\b(?:(?:milli)?seconds?|bytes?|share|percent|how (?:many|often|long)|number|most|least|(?:from )?\d to|counted|count|position|power of two|version|code|bound|quantile|schema|value|tokens?|requests?|unix|threads?|sum|factor|distance|length|times|status|resolution|bits|series|families|heartbeats|reuses|slower|seed|dimensions|removals|state|widest|wide|relative|first|slot|from \d|one of|see \{@linkcode)\b/i;

/** Whether neither the name nor the text says what a number counts, or in which unit it is. */
function isBare({ name, doc }: NumberDoc): boolean {
  return !UNIT_IN_NAME.test(name) && !UNIT_IN_TEXT.test(doc);
}

if (import.meta.main) {
  const problems = await checkDocs();
  for (const line of problems) console.log(line);
  Deno.exit(problems.length === 0 ? 0 : 1);
}
