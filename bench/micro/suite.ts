/**
 * What single operations cost, per library and runtime.
 *
 * @module
 */
import { goCommand } from "../peers/go.ts";
import { LIBRARY_NAMES } from "../peers/load_library.ts";
import { OPENTELEMETRY } from "../peers/opentelemetry.ts";
import { interleave, type Turn } from "../runner/interleave.ts";
import { joinRows, type Row, type Skip } from "../runner/result.ts";
import { type Subject, type SubjectCommand, withSubjects } from "../runner/subject.ts";
import type { Findings, Run, Suite } from "../runner/suite.ts";
import { WORKS } from "./works.ts";

const SUITE = "micro";
const MODULE = "micro/subject.ts";
const DENO_OTEL = "deno-otel";

/** The suite. */
export const micro: Suite = {
  name: SUITE,
  question: "What does one operation cost?",
  run: runMicro,
};

/** An engine may compile the same work better or worse from one process to the next: each process gives a part of the rounds. */
const GENERATIONS = 3;

async function runMicro(run: Run): Promise<Findings> {
  const works = Object.keys(WORKS).filter((work) => run.wants(SUITE, work));
  if (works.length === 0) return { rows: [], skips: [], versions: {} };
  const { commands, skips } = await commandsFor(run);
  const versions: Record<string, string> = {};
  const generations = run.quick ? 1 : Math.min(GENERATIONS, run.rounds);
  const parts: Row[][] = [];
  for (let generation = 0; generation < generations; generation++) {
    const rounds = Math.ceil((run.rounds - generation) / generations);
    parts.push(await runGeneration({ ...run, rounds }, { works, commands, versions }));
  }
  return { rows: joinRows(parts), skips, versions };
}

/** Takes some rounds in fresh processes. */
function runGeneration(
  run: Run,
  { works, commands, versions }: {
    works: readonly string[];
    commands: readonly SubjectCommand[];
    versions: Record<string, string>;
  },
): Promise<Row[]> {
  return withSubjects(commands, versions, async (subjects) => {
    const rows = await interleave(await groupsOf(works, subjects, run), run);
    return await checkAll(rows, subjects);
  });
}

/** Every library on every runtime, and what is no JavaScript. */
async function commandsFor(
  run: Run,
): Promise<{ commands: SubjectCommand[]; skips: Skip[] }> {
  const commands: SubjectCommand[] = [];
  const skips: Skip[] = [];
  for (const runtime of run.runtimes) {
    for (
      const subject of [...LIBRARY_NAMES, OPENTELEMETRY].filter(
        run.wantsSubject,
      )
    ) {
      commands.push({
        subject,
        runtime: runtime.name,
        command: await runtime.command(MODULE, subject),
      });
    }
    if (runtime.name === "deno" && run.wantsSubject(DENO_OTEL)) {
      const command = await runtime.command(MODULE, DENO_OTEL);
      // Nothing is exported while samples are taken: only the cost at the call is compared.
      const env = {
        OTEL_DENO: "true",
        OTEL_METRIC_EXPORT_INTERVAL: "100000000",
        OTEL_DENO_CONSOLE: "ignore",
      };
      commands.push({
        subject: DENO_OTEL,
        runtime: runtime.name,
        command,
        env,
      });
    }
  }
  if (run.wantsSubject("client_golang")) {
    const go = await goCommand();
    if ("reason" in go) {
      skips.push({ suite: SUITE, subject: "client_golang", reason: go.reason });
    } else commands.push(go);
  }
  return { commands, skips };
}

/** One group per work: all subjects that can do it, each with as many repetitions as fill the time of a sample. */
async function groupsOf(
  works: readonly string[],
  subjects: readonly Subject[],
  run: Run,
): Promise<Turn[][]> {
  const groups: Turn[][] = [];
  const offers = new Map<Subject, unknown[]>();
  for (const subject of subjects) {
    offers.set(subject, await subject.call("works") as unknown[]);
  }
  run.progress.expect(works.length);
  for (const work of works) {
    run.progress.step(`${SUITE} ${work}, warming up`);
    const group: Turn[] = [];
    for (
      const subject of subjects.filter((subject) => offers.get(subject)!.includes(work))
    ) {
      const times = await calibrate(subject, work, run.quick ? 0.3 : 4);
      group.push({
        rows: [{
          suite: SUITE,
          work,
          subject: subject.subject,
          runtime: subject.runtime,
          sizes: {},
          unit: "ns",
          better: "lower",
        }],
        take: async () => [await subject.number("run", work, times)],
      });
    }
    groups.push(group);
  }
  return groups;
}

/** How many repetitions take about so long, once the engine has compiled the work. */
async function calibrate(
  subject: Subject,
  work: string,
  milliseconds: number,
): Promise<number> {
  let times = 64;
  for (;;) {
    // WHY: the better of two, because some works sort what they collected once in a while, which is no measure of them.
    const ns = Math.min(
      await subject.number("run", work, times),
      await subject.number("run", work, times),
    );
    if (ns * times >= milliseconds * 1e6 || times >= 2 ** 24) break;
    times *= 2;
  }
  // The engines optimise in several steps; the last one may come after tens of milliseconds.
  for (let warm = 0; warm < 5; warm++) await subject.number("run", work, times);
  return times;
}

/** Throws away the samples of works that the library has not recorded in full. */
async function checkAll(
  rows: readonly Row[],
  subjects: readonly Subject[],
): Promise<Row[]> {
  const checked: Row[] = [];
  for (const row of rows) {
    const subject = subjects.find((one) => one.subject === row.subject && one.runtime === row.runtime);
    if (subject === undefined || row.note !== undefined) {
      checked.push(row);
      continue;
    }
    try {
      await subject.call("check", row.work);
      checked.push(row);
    } catch (error) {
      checked.push({ ...row, samples: [], note: (error as Error).message });
    }
  }
  return checked;
}
