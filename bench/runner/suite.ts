/**
 * What the parts of the benches have in common.
 *
 * @module
 */
import type { Progress } from "./progress.ts";
import type { Row, Skip } from "./result.ts";
import type { Runtime } from "./runtimes.ts";

/** What a suite needs to know of the run it is part of. */
export interface Run {
  readonly rounds: number;
  /** Small sizes: shows that everything works, in little time. */
  readonly quick: boolean;
  readonly runtimes: readonly Runtime[];
  readonly progress: Progress;
  /** Whether a work is to be measured: the user asked for it, and the result that is gone on with has it not yet. */
  wants(suite: string, work: string): boolean;
  /** Whether the user asked for a subject. */
  wantsSubject(subject: string): boolean;
}

/** What a suite found. */
export interface Findings {
  readonly rows: readonly Row[];
  readonly skips: readonly Skip[];
  /** Versions of what it measured, by name. */
  readonly versions: Readonly<Record<string, string>>;
}

/** A part of the benches. */
export interface Suite {
  readonly name: string;
  /** What it asks, in one sentence, for reports. */
  readonly question: string;
  run(run: Run): Promise<Findings>;
}
