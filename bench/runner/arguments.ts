/**
 * The command line.
 *
 * @module
 */

/** What a run was asked to do. */
export interface Arguments {
  /** Parts of `suite/work` names; no pattern means all. */
  readonly patterns: readonly string[];
  readonly subjects: readonly string[];
  readonly runtimes: readonly string[];
  readonly rounds: number;
  readonly quick: boolean;
  /** Where the result goes; a name made of the date if it is not given; nowhere if it is `none`. */
  readonly output?: string;
}

/** What `--help` prints. */
export const USAGE = `Measures promslab beside what a user would pick instead, in the same run.

deno task bench [pattern ...] [flags]    all suites, or those whose "suite/work" contains a pattern
deno task bench compare A.json B.json    what changed between two results
deno task bench report RESULT.json       writes the Markdown report and its plots beside the result
deno task bench readme RESULT.json       writes the figures between the README's markers anew

  --quick             small sizes and 3 rounds: shows that everything works, in under two minutes
  --subjects A,B      only these libraries (promslab,prom-client,...)
  --runtimes A,B      only these runtimes (deno,bun,node)
  --rounds N          samples of each measurement (default 15)
  --output FILE       where the result goes (default bench/results/DATE.json; "none": nowhere)
  --help
`;

/**
 * Reads the words behind `deno task bench`.
 *
 * @throws {TypeError} If a flag is unknown or has no good value.
 */
export function parseArguments(words: readonly string[]): Arguments {
  const patterns: string[] = [];
  const values = new Map<string, string>();
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    if (!word.startsWith("--")) {
      patterns.push(word);
      continue;
    }
    const [flag, inline] = word.split("=", 2);
    if (
      !["--quick", "--subjects", "--runtimes", "--rounds", "--output"].includes(
        flag,
      )
    ) {
      throw new TypeError(
        `Cannot use the flag "${flag}": there is no such flag (see --help)`,
      );
    }
    const value = flag === "--quick" ? "" : inline ?? words[++index];
    if (value === undefined) {
      throw new TypeError(
        `Cannot use the flag "${flag}": its value is missing`,
      );
    }
    values.set(flag, value);
  }
  const quick = values.has("--quick");
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
  };
}
