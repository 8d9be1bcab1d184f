/**
 * Runs suites, one after the other, and gathers what they found.
 *
 * @module
 */
import type { Arguments } from "./arguments.ts";
import { describeCommit, describeMachine } from "./machine.ts";
import { Progress } from "./progress.ts";
import { completeResult, type Result, type Row, type Skip } from "./result.ts";
import { findRuntimes, installPackages } from "./runtimes.ts";
import type { Run, Suite } from "./suite.ts";

/** Runs all suites of which something is wanted. A suite that fails is reported, and the others go on. */
export async function runSuites(
  suites: readonly Suite[],
  options: Arguments,
): Promise<Result> {
  const startMs = performance.now();
  const date = new Date().toISOString();
  const machine = describeMachine();
  const progress = new Progress();
  await installPackages();
  const { found, skips: missing } = findRuntimes(options.runtimes);
  const run: Run = {
    rounds: options.rounds,
    quick: options.quick,
    runtimes: found,
    progress,
    wants: (suite, work) =>
      options.patterns.length === 0 ||
      options.patterns.some((pattern) => `${suite}/${work}`.includes(pattern)),
    wantsSubject: (subject) => options.subjects.length === 0 || options.subjects.includes(subject),
  };
  const rows: Row[] = [];
  const skips: Skip[] = [...missing];
  const versions: Record<string, string> = {};
  for (const { name, version } of found) versions[name] = version;
  for (const suite of suites) {
    try {
      const findings = await suite.run(run);
      rows.push(...findings.rows);
      skips.push(...findings.skips);
      Object.assign(versions, findings.versions);
    } catch (error) {
      skips.push({
        suite: suite.name,
        subject: "all",
        reason: `failed: ${(error as Error).message}`,
      });
      progress.say(`${suite.name} failed: ${(error as Error).stack}`);
    }
  }
  const head = {
    date,
    command: ["deno task bench", ...commandWords(options)].join(" "),
    commit: describeCommit(),
    machine,
    versions,
    rounds: options.rounds,
    quick: options.quick,
  };
  const seconds = Math.round((performance.now() - startMs) / 1000);
  return completeResult(head, { seconds, rows, skips });
}

function commandWords(
  { patterns, subjects, runtimes, rounds, quick }: Arguments,
): string[] {
  return [
    ...patterns,
    ...(quick ? ["--quick"] : []),
    ...(subjects.length > 0 ? ["--subjects", subjects.join(",")] : []),
    ...(runtimes.length > 0 ? ["--runtimes", runtimes.join(",")] : []),
    ...(rounds === (quick ? 3 : 15) ? [] : ["--rounds", String(rounds)]),
  ];
}
