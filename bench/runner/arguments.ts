/**
 * The command line.
 *
 * @module
 */
import type { Selection } from "./result.ts";

/** What a run was asked to do. */
export interface Arguments extends Selection {
  /** Where the result goes; a name made of the date if it is not given; nowhere if it is `none`. */
  readonly output?: string;
  /** The result that is gone on with; the selection, but for the patterns, is the file's own then. */
  readonly resume?: string;
}

/** What `--help` prints. */
export const USAGE = `Measures promslab beside what a user would pick instead, in the same run.

deno task bench [pattern ...] [flags]    all suites, or those whose "suite/work" contains a pattern
deno task bench compare A.json B.json    what changed between two results
deno task bench report RESULT.json       writes the Markdown report and its plots beside the result
deno task bench readme RESULT.json ...   writes the figures between the README's markers anew, each from
                                         the first result that has it

  --quick             small sizes and 3 rounds: shows that everything works, in under two minutes; the
                      variable PROMSLAB_BENCH_QUICK=1 says the same
  --subjects A,B      only these libraries (promslab,prom-client,...)
  --runtimes A,B      only these runtimes (deno,bun,node)
  --rounds N          samples of each measurement (default 15)
  --output FILE       where the result goes (default bench/results/DATE.json; "none": nowhere)
  --resume FILE       goes on with a result that was broken off: measures what is asked for and not in
                      it, with the file's own selection, on the same machine and commit
  --help

The result is written after each suite.
`;

const FLAGS = ["--quick", "--subjects", "--runtimes", "--rounds", "--output", "--resume"];

/** What a run is where its words do not say. */
export interface ArgumentDefaults {
  /** Whether it is a quick one. Default: no. */
  readonly quick?: boolean;
}

/**
 * Reads the words behind `deno task bench`.
 *
 * @throws {TypeError} If a flag is unknown, has no good value, or does not go with another.
 */
export function parseArguments(words: readonly string[], defaults: ArgumentDefaults = {}): Arguments {
  const patterns: string[] = [];
  const values = new Map<string, string>();
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    if (!word.startsWith("--")) {
      patterns.push(word);
      continue;
    }
    const [flag, inline] = word.split("=", 2);
    if (!FLAGS.includes(flag)) {
      throw new TypeError(`Cannot use the flag "${flag}": there is no such flag (see --help)`);
    }
    const value = flag === "--quick" ? "" : inline ?? words[++index];
    if (value === undefined) throw new TypeError(`Cannot use the flag "${flag}": its value is missing`);
    values.set(flag, value);
  }
  const other = FLAGS.find((flag) => flag !== "--resume" && values.has(flag));
  if (values.has("--resume") && other !== undefined) {
    throw new TypeError(`Cannot use the flag "${other}" with "--resume": the result was begun without it`);
  }
  const quick = values.has("--quick") || (defaults.quick ?? false);
  const list = (flag: string) => values.get(flag)?.split(",").filter((item) => item !== "") ?? [];
  const rounds = Number(values.get("--rounds") ?? (quick ? 3 : 15));
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new TypeError(
      `Cannot take "${values.get("--rounds")}" rounds: it must be a whole number of at least 1`,
    );
  }
  return {
    patterns,
    subjects: list("--subjects"),
    runtimes: list("--runtimes"),
    rounds,
    quick,
    output: values.get("--output"),
    resume: values.get("--resume"),
  };
}
