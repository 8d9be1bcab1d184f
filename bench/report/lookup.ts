/**
 * Finds rows in a result.
 *
 * @module
 */
import type { Result, Row } from "../runner/result.ts";

/** What a row is looked for by; what is not given may be anything. */
export type Query =
  & Partial<Pick<Row, "suite" | "work" | "subject" | "runtime" | "unit">>
  & {
    readonly sizes?: Readonly<Record<string, number>>;
  };

/** Whether two rows have the same sizes. */
export function sameSizes(a: Row["sizes"], b: Row["sizes"]): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length &&
    names.every((name) => a[name] === b[name]);
}

/** All rows with samples that the query describes. */
export function findRows(
  result: Pick<Result, "rows">,
  { sizes, ...query }: Query,
): Row[] {
  const wanted = Object.entries(query) as [keyof typeof query, string][];
  return result.rows.filter((row) =>
    row.samples.length > 0 && wanted.every(([name, value]) => row[name] === value) &&
    Object.entries(sizes ?? {}).every(([name, value]) => row.sizes[name] === value)
  );
}

/** The first of them. */
export function findRow(
  result: Pick<Result, "rows">,
  query: Query,
): Row | undefined {
  return findRows(result, query)[0];
}

/**
 * The row of promslab that a peer's row is to be compared with: of the same runtime, or else, for peers that do
 * not run there, of Deno.
 */
export function ownRowFor(
  result: Pick<Result, "rows">,
  peer: Row,
  runtime?: string,
): Row | undefined {
  const same = findRows(result, {
    suite: peer.suite,
    work: peer.work,
    unit: peer.unit,
    subject: "promslab",
  })
    .filter(({ sizes }) => sameSizes(sizes, peer.sizes));
  return same.find((row) => row.runtime === (runtime ?? peer.runtime)) ??
    same.find((row) => row.runtime === "deno");
}
