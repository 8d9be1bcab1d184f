/**
 * Runs suites, one after the other, and gathers what they found.
 *
 * @module
 */
import { describeCommit, describeMachine, loadAverage } from "./machine.ts";
import { Progress } from "./progress.ts";
import { completeResult, type Result, type Row, type Selection, type Skip } from "./result.ts";
import { checkResumable, type Place } from "./resume.ts";
import { findRuntimes } from "./runtimes.ts";
import type { Run, Suite } from "./suite.ts";

/** What else a run is told. */
export interface RunOptions {
  /** A result that was broken off: what it has is not measured again. */
  readonly before?: Result;
  /** Takes the result so far, after each suite that measured something. */
  readonly save?: (result: Result) => Promise<void>;
  /** What is measured, and on what: this machine and the sources as they are. */
  readonly place?: Place;
}

/**
 * Runs all suites of which something is wanted. A suite that fails is reported, and the others go on.
 *
 * @throws {TypeError} If the result before was measured on another machine or commit.
 */
export async function runSuites(
  suites: readonly Suite[],
  selection: Selection,
  { before, save = () => Promise.resolve(), place = describePlace() }: RunOptions = {},
): Promise<Result> {
  const part = { startMs: performance.now(), date: new Date().toISOString(), load: loadAverage() };
  if (before !== undefined) checkResumable(before, place);
  const progress = new Progress();
  const { found, skips: missing } = findRuntimes(selection.runtimes);
  const known = new Set(before?.parts.flatMap(({ works }) => works));
  const asked = new Set<string>();
  const run: Run = {
    rounds: selection.rounds,
    quick: selection.quick,
    runtimes: found,
    progress,
    wants(suite, work) {
      const name = `${suite}/${work}`;
      if (known.has(name) || !isSelected(selection.patterns, name)) return false;
      asked.add(name);
      return true;
    },
    wantsSubject: (subject) => selection.subjects.length === 0 || selection.subjects.includes(subject),
  };
  const rows: Row[] = [...before?.rows ?? []];
  const skips: Skip[] = [...before?.skips.filter(({ failed }) => !failed) ?? missing];
  const versions: Record<string, string> = { ...before?.versions };
  for (const { name, version } of found) versions[name] = version;
  const works: string[] = [];
  const resultSoFar = (): Result => {
    const seconds = Math.round((performance.now() - part.startMs) / 1000);
    return completeResult({
      date: before?.date ?? part.date,
      command: commandOf(suites, { ...selection, patterns: allPatterns(before, selection) }),
      ...place,
      ...selection,
      patterns: allPatterns(before, selection),
      versions,
      parts: [...before?.parts ?? [], { date: part.date, load: part.load, seconds, works: [...works] }],
      rows,
      skips,
    });
  };
  for (const suite of suites) {
    asked.clear();
    try {
      const findings = await suite.run(run);
      if (asked.size === 0) continue;
      rows.push(...findings.rows);
      skips.push(...findings.skips);
      Object.assign(versions, findings.versions);
      works.push(...asked);
    } catch (error) {
      const reason = `failed: ${(error as Error).message}`;
      skips.push({ suite: suite.name, subject: "all", reason, failed: true });
      progress.say(`${suite.name} failed: ${(error as Error).stack}`);
    }
    await save(resultSoFar());
  }
  return resultSoFar();
}

function describePlace(): Place {
  return { machine: describeMachine(), commit: describeCommit() };
}

function isSelected(patterns: readonly string[], name: string): boolean {
  return patterns.length === 0 || patterns.some((pattern) => name.includes(pattern));
}

/** The patterns of all parts together: no pattern, if one of them had none. */
function allPatterns(before: Result | undefined, { patterns }: Selection): readonly string[] {
  if (before === undefined) return patterns;
  if (before.patterns.length === 0 || patterns.length === 0) return [];
  return [...new Set([...before.patterns, ...patterns])];
}

/** A word of a command line as a shell wants it. */
function quoted(word: string): string {
  return word.includes(" ") ? `"${word}"` : word;
}

/** The command that measures all of a selection at once. */
function commandOf(
  suites: readonly Suite[],
  { patterns, subjects, runtimes, rounds, quick }: Selection,
): string {
  const all = suites.every(({ name }) => patterns.includes(name));
  return [
    "deno task bench",
    ...(all ? [] : patterns),
    ...(quick ? ["--quick"] : []),
    ...(subjects.length > 0 ? ["--subjects", quoted(subjects.join(","))] : []),
    ...(runtimes.length > 0 ? ["--runtimes", runtimes.join(",")] : []),
    ...(rounds === (quick ? 3 : 15) ? [] : ["--rounds", String(rounds)]),
  ].join(" ");
}
