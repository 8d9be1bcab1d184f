/**
 * What one run of the benches leaves behind: every raw sample, and what is needed to judge it.
 *
 * @module
 */
import type { Better } from "./statistics.ts";

/** Changes when older files could no longer be read. */
const RESULT_FORMAT = 2;

/** Where the samples were taken. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly os: string;
}

/** What was measured without a break. A run that was broken off goes on in another part. */
export interface Part {
  /** When it began, in ISO 8601. */
  readonly date: string;
  /** The load average of the last minute when it began: above about 0.5, others were at work. */
  readonly load: number;
  readonly seconds: number;
  /** Names of what it measured, as `suite/work`. */
  readonly works: readonly string[];
}

/** One thing measured: the same work, done by one subject on one runtime, in every round once. */
export interface Row {
  /** Which part of the benches: `micro`, `scrape` ... */
  readonly suite: string;
  /** The work, the same for every subject: `counter_bound_64`. */
  readonly work: string;
  /** Who did it: `promslab`, `prom-client` ... */
  readonly subject: string;
  /** On what: `deno`, `bun`, `node`, `python`, `go`, `native`. */
  readonly runtime: string;
  /** Sizes that the work was done with, such as series and workers. */
  readonly sizes: Readonly<Record<string, number>>;
  /** What is counted: `ns`, `ms`, `bytes`, `requests/s` ... */
  readonly unit: string;
  readonly better: Better;
  /** One per round, in the order of the rounds. */
  readonly samples: readonly number[];
  /** What else must be known, such as the error that a subject answered with. */
  readonly note?: string;
}

/** Something that could not be measured here, and why. */
export interface Skip {
  readonly suite: string;
  readonly subject: string;
  readonly reason: string;
  /** Whether it went wrong, and not merely misses something on this machine. */
  readonly failed?: boolean;
}

/** What a run is asked to measure. */
export interface Selection {
  /** Parts of `suite/work` names; no pattern means all. */
  readonly patterns: readonly string[];
  /** Libraries; none means all. */
  readonly subjects: readonly string[];
  /** Runtimes; none means all. */
  readonly runtimes: readonly string[];
  /** Samples of each measurement. */
  readonly rounds: number;
  /** A short run shows that everything works; its figures are worth little. */
  readonly quick: boolean;
}

/** One run. */
export interface Result extends Selection {
  readonly format: typeof RESULT_FORMAT;
  /** When the run began, in ISO 8601. */
  readonly date: string;
  /** The command that repeats it. */
  readonly command: string;
  /** The commit, with `+` behind it if files had been changed. */
  readonly commit: string;
  readonly machine: Machine;
  /** Versions of runtimes and libraries by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** In the order of time. */
  readonly parts: readonly Part[];
  readonly rows: readonly Row[];
  readonly skips: readonly Skip[];
}

/** The result of a run. */
export function completeResult(found: Omit<Result, "format">): Result {
  return { format: RESULT_FORMAT, ...found };
}

/** Seconds that all parts took together. */
export function resultSeconds({ parts }: Pick<Result, "parts">): number {
  return parts.reduce((sum, { seconds }) => sum + seconds, 0);
}

/** A row's name within its suite and sizes, the same in every run. */
export function rowKey(
  { suite, work, subject, runtime, sizes, unit }: Row,
): string {
  const size = Object.entries(sizes).map(([name, value]) => `${name}=${value}`)
    .sort().join(",");
  return [suite, work, subject, runtime, size, unit].join("/");
}

/** Puts the samples of rows of the same key one behind the other. A note of any of them stays. */
export function joinRows(parts: readonly (readonly Row[])[]): Row[] {
  const joined = new Map<string, Row>();
  for (const row of parts.flat()) {
    const key = rowKey(row);
    const before = joined.get(key);
    joined.set(
      key,
      before === undefined ? row : { ...row, ...before, samples: [...before.samples, ...row.samples] },
    );
  }
  return [...joined.values()];
}

/** Writes a result so that one row stands on one line: small, and differences between runs can be read. */
export function stringifyResult(result: Result): string {
  const { rows, ...rest } = result;
  const head = JSON.stringify(rest, null, 2).replace(/\n}$/, "");
  const lines = rows.map((row) => `    ${JSON.stringify({ ...row, samples: row.samples.map(shorten) })}`);
  return `${head},\n  "rows": [\n${lines.join(",\n")}\n  ]\n}\n`;
}

/** Four digits are more than any of these measurements is good for, and keep the files small. */
function shorten(sample: number): number {
  return Number.isInteger(sample) ? sample : Number(sample.toPrecision(5));
}

/**
 * Reads what {@linkcode stringifyResult} wrote.
 *
 * @throws {TypeError} If the text is not a result of this format.
 */
export function parseResult(text: string): Result {
  const value: Partial<Result> = JSON.parse(text);
  if (value?.format !== RESULT_FORMAT || !Array.isArray(value.rows)) {
    throw new TypeError(
      `Cannot read the result: its format is "${value?.format}", this program writes "${RESULT_FORMAT}"`,
    );
  }
  return value as Result;
}
