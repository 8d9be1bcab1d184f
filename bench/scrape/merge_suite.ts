/**
 * What one scrape of many workers costs: time, bytes, work in the workers, stalls and messages.
 *
 * @module
 */
import { interleave, type Turn } from "../runner/interleave.ts";
import type { Row } from "../runner/result.ts";
import { Subject, type SubjectCommand } from "../runner/subject.ts";
import type { Findings, Run, Suite } from "../runner/suite.ts";
import type { Kind } from "./families.ts";
import { fleetCommands } from "./fleets.ts";
import { peakMiB, resetPeak } from "./peak_memory.ts";

const SUITE = "merge";

/** The suite. */
export const merge: Suite = {
  name: SUITE,
  question:
    "What does it cost to scrape all workers at once, to whoever asks and to the workers? `peak MiB` is the memory of all processes together at the worst moment of a scrape.",
  run: runMerge,
};

/** One family in so many workers. */
interface Plan {
  readonly kind: Kind;
  readonly series: number;
  readonly workers: number;
}

function plansFor(run: Run): Plan[] {
  if (run.quick) return [plan("counter", 200, 2), plan("histogram", 50, 2)];
  return [
    ...[1, 4, 16, 64].map((workers) => plan("counter", 10_000, workers)),
    plan("counter", 1000, 4),
    plan("histogram", 1000, 4),
  ];
}

function plan(kind: Kind, series: number, workers: number): Plan {
  return { kind, series, workers };
}

/** Keeps the number of processes and the time of a run within bounds. */
function isFeasible({ subject }: SubjectCommand, { workers }: Plan): boolean {
  if (subject === "promslab") return true;
  return workers <= (subject === "prom-client cluster" || subject === "Python multiprocess" ? 16 : 4);
}

async function runMerge(run: Run): Promise<Findings> {
  const { commands, skips } = await fleetCommands(run, SUITE);
  const rows: Row[] = [];
  const versions: Record<string, string> = {};
  for (const kind of ["counter", "histogram"] as const) {
    if (!run.wants(SUITE, kind)) continue;
    const plans = plansFor(run).filter((plan) => plan.kind === kind);
    rows.push(...await measure(plans, { commands, run, versions }));
  }
  return { rows, skips: rows.length === 0 ? [] : skips, versions };
}

/** All sizes of one kind live at the same time, so that their ratios come from the same rounds. */
async function measure(
  plans: readonly Plan[],
  { commands, run, versions }: {
    commands: readonly SubjectCommand[];
    run: Run;
    versions: Record<string, string>;
  },
): Promise<Row[]> {
  const subjects: Subject[] = [];
  try {
    const groups: Turn[][] = [];
    run.progress.expect(plans.length * commands.length);
    for (const plan of plans) {
      const group: Turn[] = [];
      for (const command of commands.filter((command) => isFeasible(command, plan))) {
        run.progress.step(`${SUITE} ${plan.kind}, ${command.subject} starts ${plan.workers} workers`);
        const subject = new Subject(command);
        subjects.push(subject);
        versions[command.subject] = String(await subject.call("version"));
        group.push(await turnOf(subject, plan));
      }
      groups.push(group);
    }
    return await interleave(groups, run);
  } finally {
    await Promise.all(subjects.map(async (subject) => {
      await subject.call("stop").catch(() => {});
      await subject[Symbol.asyncDispose]();
    }));
  }
}

/** Starts a fleet, makes sure that its scrape is complete, and warms it up. */
async function turnOf(subject: Subject, { kind, series, workers }: Plan): Promise<Turn> {
  await subject.call("start", kind, series, workers);
  const { share } = await subject.call("complete", 0) as { share: number };
  if (share !== 1) {
    throw new Error(
      `Cannot measure ${subject.subject} on ${subject.runtime}: its scrape has ${share} of all values`,
    );
  }
  for (let warm = 0; warm < 3; warm++) await subject.call("scrape", 1);
  const isJavaScript = subject.runtime !== "python";
  const take = async () => {
    resetPeak(subject.pid);
    const scraped = await subject.call("scrape", 1) as Record<string, number>;
    const peak = peakMiB(subject.pid);
    return {
      ...scraped,
      ...(peak === undefined ? {} : { "peak MiB": peak }),
      ...(isJavaScript ? await subject.call("stalls", 1) as Record<string, number> : {}),
      ...(isJavaScript ? { "message bytes": await subject.number("messages") } : {}),
    };
  };
  const units = Object.keys(await take());
  return {
    rows: units.map((unit) => ({
      suite: SUITE,
      work: kind,
      subject: subject.subject,
      runtime: subject.runtime,
      sizes: { workers, series },
      unit,
      better: "lower",
    })),
    async take() {
      const taken: Record<string, number> = await take();
      return units.map((unit) => taken[unit]);
    },
  };
}
