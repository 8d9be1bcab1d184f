/**
 * What a scrape takes, and what it tells, when workers are busy, hung, dead, or have been replaced a thousand
 * times.
 *
 * @module
 */
import type { Row } from "../runner/result.ts";
import { Subject, type SubjectCommand } from "../runner/subject.ts";
import type { Findings, Run, Suite } from "../runner/suite.ts";
import { fleetCommands } from "./fleets.ts";

const SUITE = "trouble";

/** The suite. */
export const trouble: Suite = {
  name: SUITE,
  question:
    "How long does a scrape take, and which share of what the workers have counted does it tell, when not all is well? Four workers with 1 000 counters each.",
  run: runTrouble,
};

/** What happens to the fleet before its scrapes. */
interface Trouble {
  readonly work: string;
  readonly sizes?: Row["sizes"];
  /** Scrapes that are taken. */
  readonly rounds: number;
  strike(subject: Subject): Promise<unknown>;
}

/** What a scrape came to. */
interface Answer {
  readonly ms: number;
  readonly share: number;
  readonly error?: string;
}

/** Those that a quick run has the time for: waiting for the others' time-outs takes minutes. */
const QUICK: readonly string[] = ["promslab", "prom-client cluster", "Python multiprocess"];
/** Longer than all scrapes of a hung fleet take; not for ever, in case nobody ends the worker. */
const HUNG_MS = 60_000;
/** The worker that goes on working, whatever happens to the others. */
const WELL = 1;
/** Enough to see that a solution does not answer any more. */
const ERRORS_MAX = 2;
/** Scrapes that take seconds each differ little: no more than these. */
const SLOW_ROUNDS = 3;
/** Milliseconds of scrapes after which they are taken for slow. */
const SLOW_MS = 10_000;

/** A thousand where it is the question; fewer where each costs a process or shows nothing new. */
function restartsOf({ subject, runtime }: SubjectCommand): number {
  if (subject === "promslab" && runtime === "deno" || subject === "Python multiprocess") return 1000;
  return subject === "promslab" ? 100 : 20;
}

const WORKS = ["healthy", "busy", "restarted", "dead", "hung"];

/** What happens to a fleet, in this order: nothing that comes earlier keeps what comes later from happening. */
function troublesFor(run: Run, command: SubjectCommand): Trouble[] {
  const restarts = run.quick ? 3 : restartsOf(command);
  const rounds = run.rounds;
  const few = run.quick ? 1 : 3;
  return [
    { work: "healthy", rounds, strike: () => Promise.resolve() },
    // A handler that computes for three seconds, and again as soon as it has let others run.
    { work: "busy", rounds: few, strike: (fleet) => fleet.call("hang", 0, run.quick ? 300 : 3000) },
    {
      work: "restarted",
      sizes: { restarts },
      rounds,
      strike: (fleet) => fleet.call("restart", WELL, restarts),
    },
    {
      work: "dead",
      rounds: few,
      strike: (fleet) => fleet.call("end", 2),
    },
    { work: "hung", rounds: few, strike: (fleet) => fleet.call("hang", 3, HUNG_MS) },
  ];
}

async function runTrouble(run: Run): Promise<Findings> {
  const works = WORKS.filter((work) => run.wants(SUITE, work));
  if (works.length === 0) return { rows: [], skips: [], versions: {} };
  const { commands, skips } = await fleetCommands(run, SUITE);
  const rows: Row[] = [];
  const versions: Record<string, string> = {};
  run.progress.expect(commands.length * works.length);
  for (const command of commands.filter(({ subject }) => !run.quick || QUICK.includes(subject))) {
    const subject = new Subject(command);
    try {
      versions[command.subject] = String(await subject.call("version"));
      await subject.call("start", "counter", run.quick ? 100 : 1000, 4);
      for (const trouble of troublesFor(run, command).filter(({ work }) => works.includes(work))) {
        run.progress.step(`${SUITE} ${trouble.work}, ${command.subject} on ${command.runtime}`);
        const found = await measure(subject, { ...trouble, errorsMax: run.quick ? 1 : ERRORS_MAX });
        rows.push(...found);
        // Every answer that does not come takes five seconds of waiting.
        if (run.quick && found.some(({ note }) => note !== undefined)) break;
      }
    } finally {
      await subject.call("stop").catch(() => {});
      await subject[Symbol.asyncDispose]();
    }
  }
  return { rows, skips, versions };
}

async function measure(
  subject: Subject,
  { work, sizes = {}, rounds, strike, errorsMax }: Trouble & { readonly errorsMax: number },
): Promise<Row[]> {
  await strike(subject);
  const answers: Answer[] = [];
  for (let round = 0; round < rounds; round++) {
    // A busy worker lets others run between two pieces of work, but never for long.
    if (work === "busy" && round > 0) await strike(subject);
    answers.push(await subject.call("complete", WELL) as Answer);
    if (answers.filter(({ error }) => error !== undefined).length === errorsMax) break;
    if (round + 1 >= SLOW_ROUNDS && answers.reduce((sum, { ms }) => sum + ms, 0) > SLOW_MS) break;
  }
  const note = answers.find(({ error }) => error !== undefined)?.error;
  const row = (unit: string, better: Row["better"], samples: number[]): Row => ({
    suite: SUITE,
    work,
    subject: subject.subject,
    runtime: subject.runtime,
    sizes,
    unit,
    better,
    samples,
    ...(note === undefined ? {} : { note }),
  });
  return [
    row("ms", "lower", answers.map(({ ms }) => ms)),
    row("share told", "higher", answers.map(({ share }) => share)),
  ];
}
