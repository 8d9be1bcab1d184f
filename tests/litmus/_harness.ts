/**
 * Runs races and judges their outcomes. Written over `node:test`, so that Deno, Bun and Node run the same files.
 *
 * `PROMSLAB_LITMUS_ROUNDS` says how many rounds a race has; 10000000 is the full count.
 *
 * @module
 */
import assert from "node:assert/strict";
import process from "node:process";
import { after, before, test } from "node:test";
import { Worker } from "node:worker_threads";
import type { RunRequest } from "./_actor.ts";
import type { Race } from "./_race.ts";

/** Without a count a race has this many rounds, or as many as a busy machine gets through in the time. */
const QUICK_ROUNDS = 20_000;
const QUICK_MS = 1_000;

/** Rounds that are run at once: few where the clock is looked at after each run, many where only the count matters. */
const RUN_ROUNDS = 2_000;
const LONG_RUN_ROUNDS = 100_000;

/** A guard against a hang, not a target; Bun ends a test after 5 s unless told otherwise. */
const LIMIT_MS = 3_600_000;

/** A broken race that needs more rounds to show is no proof that the harness works. */
const BROKEN_ROUNDS_MAX = 4_000_000;

/** Registers a test for each race of a module. */
export function testRaces(module: string, races: readonly Race[]): void {
  let workers: Worker[] = [];
  before(async () => {
    workers = [0, 1].map((side) =>
      new Worker(new URL("./_actor.ts", import.meta.url), { workerData: { module, side } })
    );
    await Promise.all(workers.map(answer));
  });
  after(() => Promise.all(workers.map((worker) => worker.terminate())));
  races.forEach((race, number) => {
    const name = `${race.broken ? "caught" : "never broken"}: ${race.name}`;
    const check = race.broken ? checkCaught : checkSound;
    test(name, { timeout: LIMIT_MS }, () => check(workers, race, number));
  });
}

async function checkSound(workers: readonly Worker[], race: Race, number: number): Promise<void> {
  const given = process.env.PROMSLAB_LITMUS_ROUNDS;
  const rounds = Number(given ?? QUICK_ROUNDS);
  const start = performance.now();
  const counts = await runWhile(
    workers,
    { race, number, rounds: given === undefined ? RUN_ROUNDS : Math.min(rounds, LONG_RUN_ROUNDS) },
    (done) => done < rounds && (given !== undefined || performance.now() - start < QUICK_MS),
  );
  const table = tableOf(race, counts);
  assert.equal(forbidden(race, counts), 0, `forbidden outcomes\n${table}`);
  assert.ok(
    counts.filter((count) => count > 0).length > 1,
    `the threads never met, nothing is shown\n${table}`,
  );
  console.log(`${race.name}\n${table}`);
}

async function checkCaught(workers: readonly Worker[], race: Race, number: number): Promise<void> {
  const counts = await runWhile(
    workers,
    { race, number, rounds: RUN_ROUNDS },
    (done, counts) => done < BROKEN_ROUNDS_MAX && forbidden(race, counts) === 0,
  );
  const table = tableOf(race, counts);
  assert.ok(forbidden(race, counts) > 0, `what is broken on purpose did not show\n${table}`);
  // Who meddles with the wrong words is forbidden everything, which shows nothing of what was left out.
  const rounds = counts.reduce((sum, count) => sum + count, 0);
  assert.ok(
    forbidden(race, counts) < 0.9 * rounds,
    `what is broken on purpose hardly ever goes well\n${table}`,
  );
  console.log(`${race.name}\n${table}`);
}

/** Runs a race again and again, so many rounds at a time, and sums up its outcomes. */
async function runWhile(
  workers: readonly Worker[],
  { race, number, rounds }: { race: Race; number: number; rounds: number },
  more: (done: number, counts: readonly number[]) => boolean,
): Promise<number[]> {
  const total = race.outcomes.map(() => 0);
  for (let done = 0; more(done, total); done += rounds) {
    const counts = await run(workers, race, { number, rounds });
    counts.forEach((count, outcome) => total[outcome] += count);
  }
  return total;
}

async function run(
  workers: readonly Worker[],
  race: Race,
  { number, rounds }: { number: number; rounds: number },
): Promise<number[]> {
  const request: RunRequest = {
    race: number,
    rounds,
    memory: race.memory(),
    barrier: new SharedArrayBuffer(8),
  };
  const answers = workers.map(answer);
  for (const worker of workers) worker.postMessage(request);
  const [one, other] = await Promise.all(answers) as number[][];
  return one.map((count, outcome) => count + other[outcome]);
}

function answer(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.once("error", reject);
    worker.once("message", (message) => {
      worker.off("error", reject);
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
