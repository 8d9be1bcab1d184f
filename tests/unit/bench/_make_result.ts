/**
 * Results to judge, made up.
 *
 * @module
 */
import { completeResult, type Result, type Row } from "../../../bench/runner/result.ts";

/** A row of promslab in Deno, with what is given. */
export function makeRow(given: Partial<Row> = {}): Row {
  return {
    suite: "micro",
    work: "counter_bound_64",
    subject: "promslab",
    runtime: "deno",
    sizes: {},
    unit: "ns",
    better: "lower",
    samples: [4, 5, 6],
    ...given,
  };
}

/** A result of these rows. */
export function makeResult(rows: readonly Row[], given: Partial<Result> = {}): Result {
  const machine = { cpu: "a CPU", cores: 2, memoryBytes: 2 ** 33, os: "linux" };
  const head = {
    date: "2026-01-02T03:04:05.678Z",
    command: "deno task bench",
    commit: "abc",
    machine,
    versions: { deno: "2.9.6" },
    patterns: [],
    subjects: [],
    runtimes: [],
    rounds: 3,
    quick: false,
    parts: [{ date: "2026-01-02T03:04:05.678Z", load: 0.1, seconds: 1, works: ["micro/counter_bound_64"] }],
  };
  return { ...completeResult({ ...head, rows, skips: [] }), ...given };
}
