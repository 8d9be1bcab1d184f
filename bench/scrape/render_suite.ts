/**
 * What rendering the exposition of one thread costs, per library, runtime and number of series, and that of four slabs
 * beside a native renderer.
 *
 * @module
 */
import { goCommand } from "../peers/go.ts";
import { LIBRARY_NAMES } from "../peers/load_library.ts";
import { nativeCommand } from "../peers/native.ts";
import { OPENTELEMETRY } from "../peers/opentelemetry.ts";
import { interleave, type Turn } from "../runner/interleave.ts";
import type { Row, Skip } from "../runner/result.ts";
import { type Subject, type SubjectCommand, withSubjects } from "../runner/subject.ts";
import type { Findings, Run, Suite } from "../runner/suite.ts";
import type { Kind } from "./families.ts";

const SUITE = "render";

/** The suite. */
export const render: Suite = {
  name: SUITE,
  question: "What does it cost to turn the values of one thread into an exposition?",
  run: runRender,
};

/** One family and how much of it changes between two renders. */
interface Work {
  readonly name: string;
  readonly kind: Kind;
  readonly series: number;
  /** How many slabs have each series; libraries that know no slabs are not asked. */
  readonly slabs: number;
  /** Every how many series change; 0 for none. */
  readonly step: number;
}

const WORKS: readonly Work[] = [
  ...[100, 1000, 10_000, 100_000, 1_000_000].map((series) => work("counter", series, 1)),
  work("counter", 10_000, 10),
  work("counter", 10_000, 0),
  ...[100, 1000, 10_000].map((series) => work("histogram", series, 1)),
  ...[1, 10, 0].flatMap((step) => [1000, 100_000].map((series) => work("counter", series, step, 4))),
];

function work(kind: Kind, series: number, step: number, slabs = 1): Work {
  const change = step === 1 ? "changed" : step === 0 ? "unchanged" : "tenth_changed";
  return { name: `${kind}${slabs > 1 ? "_slabs" : ""}_${change}`, kind, series, slabs, step };
}

async function runRender(run: Run): Promise<Findings> {
  const works = WORKS.filter(({ name, series }) => run.wants(SUITE, name) && (!run.quick || series <= 1000));
  if (works.length === 0) return { rows: [], skips: [], versions: {} };
  const { commands, skips } = await commandsFor(run);
  const versions: Record<string, string> = {};
  const rows = await withSubjects(commands, versions, async (subjects) => {
    const groups: Turn[][] = [];
    run.progress.expect(works.length);
    for (const work of works) {
      run.progress.step(`${SUITE} ${work.name}, ${work.series} series, warming up`);
      groups.push(await groupOf(subjects.filter((subject) => isFeasible(subject, work)), work));
    }
    return await interleave(groups, run);
  });
  return { rows, skips, versions };
}

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
      const command = await runtime.command(
        "scrape/render_subject.ts",
        subject,
      );
      commands.push({ subject, runtime: runtime.name, command });
    }
  }
  for (
    const [subject, find] of [["client_golang", goCommand], [
      "native reference",
      nativeCommand,
    ]] as const
  ) {
    if (!run.wantsSubject(subject)) continue;
    const found = await find();
    if ("reason" in found) {
      skips.push({ suite: SUITE, subject, reason: found.reason });
    } else commands.push(found);
  }
  return { commands, skips };
}

/** Keeps a run within minutes: the slowest subjects do not do the largest works. */
function isFeasible(
  { subject, runtime }: Subject,
  { series, kind, slabs }: Work,
): boolean {
  if (slabs > 1) return subject === "promslab" || subject === "native reference";
  const lean = subject === "promslab" || subject === "native reference" ||
    subject === "client_golang";
  if (series > 100_000) {
    return subject === "promslab" || subject === "native reference";
  }
  if (series > 10_000) {
    return lean || subject === "prom-client" && runtime === "deno";
  }
  return lean || kind === "counter" || series < 10_000 ||
    subject === "prom-client";
}

async function groupOf(
  subjects: readonly Subject[],
  work: Work,
): Promise<Turn[]> {
  const { kind, series, slabs, step } = work;
  const key = `${work.name}_${series}`;
  const group: Turn[] = [];
  for (const subject of subjects) {
    await subject.call("define", key, kind, series, slabs);
    for (let warm = 0; warm < Math.min(20, 100_000 / series); warm++) {
      await subject.call("render", key, step);
    }
    const row = (unit: string): Omit<Row, "samples"> => ({
      suite: SUITE,
      work: work.name,
      subject: subject.subject,
      runtime: subject.runtime,
      sizes: slabs > 1 ? { series, slabs } : { series },
      unit,
      better: "lower",
    });
    group.push({
      rows: [row("ms"), row("bytes")],
      roundsMax: series > 100_000 ? 5 : undefined,
      take: async () => await subject.call("render", key, step) as number[],
    });
  }
  return group;
}
