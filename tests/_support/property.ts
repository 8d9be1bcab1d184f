/**
 * Property tests whose failures can be repeated: a failing run names its seed and the one command that replays it.
 *
 * Variables: `PROMSLAB_SEED` and `PROMSLAB_PATH` replay one run, `PROMSLAB_RUNS` multiplies the number of runs.
 *
 * @module
 */
import fc from "fast-check";

/** What a property test may say about itself. */
export interface PropertyOptions {
  /** How many cases are tried. Default 100. */
  readonly runs?: number;
  /** Inputs that are tried before the random ones, such as those of bugs found earlier. */
  readonly examples?: unknown[][];
  /** The run to repeat instead; by default the one that the variables name. */
  readonly replay?: Replay;
}

/** A failing run, as its message names it. */
export interface Replay {
  readonly seed: number;
  readonly path: string | undefined;
}

/**
 * Registers a test for a property.
 *
 * @param name `symbol() criteria`, as for every test
 * @param property made by `fc.property` or `fc.asyncProperty`
 */
export function testProperty<Ts>(
  name: string,
  property: fc.IProperty<Ts> | fc.IAsyncProperty<Ts>,
  options: PropertyOptions = {},
): void {
  Deno.test(name, () => checkProperty(name, property, options));
}

/**
 * Checks a property now.
 *
 * @throws {Error} If a case fails; the message has the smallest case found, the seed and the command that repeats it
 */
export async function checkProperty<Ts>(
  name: string,
  property: fc.IProperty<Ts> | fc.IAsyncProperty<Ts>,
  options: PropertyOptions = {},
): Promise<void> {
  const replay = options.replay ?? replayFromEnv();
  const details = await fc.check(property, {
    numRuns: (options.runs ?? 100) * Number(Deno.env.get("PROMSLAB_RUNS") ?? 1),
    examples: options.examples as Ts[] | undefined,
    ...(replay === undefined ? {} : { ...replay, endOnFailure: true }),
  });
  if (!details.failed) return;
  const { counterexample, counterexamplePath, errorInstance, numShrinks } = details;
  const command = `PROMSLAB_SEED=${details.seed} PROMSLAB_PATH=${counterexamplePath} ` +
    `deno task test property -- --filter ${JSON.stringify(name)}`;
  throw new Error(
    `Property fails after ${details.numRuns} cases and ${numShrinks} shrinks: seed=${details.seed} ` +
      `path=${counterexamplePath}\ncase: ${fc.stringify(counterexample)}\nto repeat: ${command}`,
    { cause: errorInstance },
  );
}

function replayFromEnv(): Replay | undefined {
  const seed = Deno.env.get("PROMSLAB_SEED");
  return seed === undefined ? undefined : { seed: Number(seed), path: Deno.env.get("PROMSLAB_PATH") };
}
