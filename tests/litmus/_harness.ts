/**
 * Runs races and judges their outcomes. Written over `node:test`, so that Deno, Bun and Node run the same files.
 *
 * `PROMSLAB_LITMUS_ROUNDS` says how many rounds a race has; 10000000 is the full count.
 *
 * @module
 */
import assert from "node:assert/strict";
import process from "node:process";
import { after, test } from "node:test";
import { Worker } from "node:worker_threads";
import type { RunFailure, RunRequest, RunResult } from "./_actor.ts";
import { MEETING_BYTES } from "./_meeting.ts";
import type { Race } from "./_race.ts";

/** Without a count a race has this many rounds, or as many as a busy machine gets through in the time. */
const QUICK_ROUNDS = 20_000;
const QUICK_MS = 1_000;

/** The most rounds and the longest time of one run: each begins with memory of its own. */
const RUN_ROUNDS = 1_000_000;
const RUN_MS = 100;

/**
 * How long a race goes on until it has shown what it must: a broken one that it is broken, a sound one that its threads
 * met. Milliseconds where both have a core, a second where they share one.
 */
const SHOWN_LIMIT_MS = 300_000;

/** A guard against a thread that waits by its event loop and is never woken; a run is over in a fraction of it. */
const ANSWER_LIMIT_MS = 120_000;

/** A guard against a hang, not a target; Bun ends a test after 5 s unless told otherwise. */
const LIMIT_MS = 3_600_000;

/** Registers a test for each race of a module. */
export function testRaces(module: string, races: readonly Race[]): void {
  let starting: Promise<Worker[]> | undefined;
  // WHY by the first test and not by a hook: Bun ends a hook after 5 s where it is not told otherwise on its command line.
  const workers = () => starting ??= startWorkers(module);
  after(async () => {
    for (const worker of await starting ?? []) void worker.terminate();
  });
  races.forEach((race, number) => {
    const name = `${race.broken ? "caught" : "never broken"}: ${race.name}`;
    const check = race.broken ? checkCaught : checkSound;
    test(name, { timeout: LIMIT_MS }, async () => check(await workers(), race, number));
  });
}

async function startWorkers(module: string): Promise<Worker[]> {
  const workers = [0, 1].map((side) =>
    new Worker(new URL("./_actor.ts", import.meta.url), { workerData: { module, side } })
  );
  await Promise.all(workers.map(answer));
  return workers;
}

async function checkSound(workers: readonly Worker[], race: Race, number: number): Promise<void> {
  const given = process.env.PROMSLAB_LITMUS_ROUNDS;
  const wanted = Number(given ?? QUICK_ROUNDS);
  const start = performance.now();
  const { counts, rounds } = await runWhile(
    workers,
    { race, number, rounds: wanted },
    ({ counts, rounds }) => {
      if (forbidden(race, counts) > 0) return false;
      const elapsed = performance.now() - start;
      if (rounds < wanted && (given !== undefined || elapsed < QUICK_MS)) return true;
      return !haveMet(counts) && elapsed < SHOWN_LIMIT_MS;
    },
  );
  const table = tableOf(race, counts);
  assert.equal(forbidden(race, counts), 0, `forbidden outcomes\n${table}`);
  assert.ok(haveMet(counts), `the threads never met, nothing is shown\n${table}`);
  console.log(`${race.name}: ${rounds} rounds\n${table}`);
}

async function checkCaught(workers: readonly Worker[], race: Race, number: number): Promise<void> {
  const start = performance.now();
  const { counts, rounds } = await runWhile(
    workers,
    { race, number, rounds: QUICK_ROUNDS },
    ({ counts }) => !isShown(race, counts) && performance.now() - start < SHOWN_LIMIT_MS,
  );
  const table = tableOf(race, counts);
  assert.ok(forbidden(race, counts) > 0, `what is broken on purpose did not show\n${table}`);
  assert.ok(isShown(race, counts), `what is broken on purpose hardly ever goes well\n${table}`);
  console.log(`${race.name}: ${rounds} rounds\n${table}`);
}

/** Whether readings came from more than one point of what the writer does. */
function haveMet(counts: readonly number[]): boolean {
  return counts.filter((count) => count > 0).length > 1;
}

/**
 * Whether a broken race has gone wrong, and well too: who meddles with the wrong words is forbidden everything, which
 * shows nothing of what was left out.
 */
function isShown(race: Race, counts: readonly number[]): boolean {
  const wrong = forbidden(race, counts);
  return wrong > 0 && wrong < 0.9 * counts.reduce((sum, count) => sum + count, 0);
}

/** Runs a race again and again, until it has so many rounds or there is enough, and sums up its outcomes. */
async function runWhile(
  workers: readonly Worker[],
  { race, number, rounds }: { race: Race; number: number; rounds: number },
  more: (total: RunResult) => boolean,
): Promise<RunResult> {
  const total = { counts: race.outcomes.map(() => 0), rounds: 0 };
  while (more(total)) {
    const left = Math.max(rounds - total.rounds, QUICK_ROUNDS);
    const result = await run(workers, race, { number, rounds: Math.min(left, RUN_ROUNDS) });
    result.counts.forEach((count, outcome) => total.counts[outcome] += count);
    total.rounds += result.rounds;
  }
  return total;
}

async function run(
  workers: readonly Worker[],
  race: Race,
  { number, rounds }: { number: number; rounds: number },
): Promise<RunResult> {
  const request: RunRequest = {
    race: number,
    rounds,
    limitMs: RUN_MS,
    memory: race.memory(),
    meeting: new SharedArrayBuffer(MEETING_BYTES),
  };
  const answers = workers.map(answer);
  for (const worker of workers) worker.postMessage(request);
  const [one, other] = (await Promise.all(answers) as (RunResult | RunFailure)[]).map((result) => {
    if ("failure" in result) throw new Error(`Cannot run "${race.name}": ${result.failure}`);
    return result;
  });
  return {
    counts: one.counts.map((count, outcome) => count + other.counts[outcome]),
    rounds: other.rounds,
  };
}

function answer(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(
      () => reject(new Error(`A thread of the race did not answer in ${ANSWER_LIMIT_MS} ms`)),
      ANSWER_LIMIT_MS,
    );
    const fail = (error: unknown) => {
      clearTimeout(limit);
      reject(error);
    };
    worker.once("error", fail);
    worker.once("message", (message) => {
      clearTimeout(limit);
      worker.off("error", fail);
      resolve(message);
    });
  });
}

function forbidden(race: Race, counts: readonly number[]): number {
  return race.outcomes.reduce((sum, [, verdict], k) => verdict === "FORBIDDEN" ? sum + counts[k] : sum, 0);
}

/** The outcomes as a table, one a line. */
function tableOf(race: Race, counts: readonly number[]): string {
  return race.outcomes
    .map(([name, verdict], k) => `  ${String(counts[k]).padStart(12)}  ${verdict.padEnd(11)}  ${name}`)
    .join("\n");
}
