/**
 * What the documentation of the public interface must have: a docstring for every export, and an example for every
 * function, class and value.
 *
 * @module
 */
import { entryDocs, type SymbolDoc } from "./reference/symbols.ts";

/** Exports without a docstring or without an example, one line each. */
export async function checkDocs(): Promise<string[]> {
  const problems = new Set<string>();
  for (const { symbols } of await entryDocs()) {
    for (const problem of symbols.flatMap(undocumented)) problems.add(problem);
  }
  return [...problems].sort();
}

/** What the documentation of one export lacks. */
export function undocumented({ name, kind, doc, exampleCount, place }: SymbolDoc): string[] {
  const isValue = kind === "function" || kind === "class" || kind === "variable";
  return [
    ...(doc.trim() === "" ? [`${place} ${name}: no docstring`] : []),
    ...(isValue && exampleCount === 0 ? [`${place} ${name}: no @example`] : []),
  ];
}

if (import.meta.main) {
  const problems = await checkDocs();
  for (const line of problems) console.log(line);
  Deno.exit(problems.length === 0 ? 0 : 1);
}
