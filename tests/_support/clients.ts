/**
 * prom-client, its successor, and our entry point that stands in for both.
 *
 * @module
 */
import ours from "promslab/compat";
import successor from "@prometheus-io/client";
import promClient from "prom-client";

/** What all three have, seen as one of them: what they take and give is compared, not typed. */
// deno-lint-ignore no-explicit-any
export type AnyClient = any;

/** The clients by name. */
export const CLIENTS: Readonly<Record<"ours" | "successor" | "promClient", AnyClient>> = {
  ours,
  successor,
  promClient,
};

/** What a call gives, or throws, in words that can be compared. */
export async function outcomeOf(call: () => unknown): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    const { name, message } = error as Error;
    return `${name}: ${message}`;
  }
}
