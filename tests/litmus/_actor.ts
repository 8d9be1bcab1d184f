/**
 * One of the two threads of a race.
 *
 * @module
 */
import { parentPort, workerData } from "node:worker_threads";
import { gap } from "./_gap.ts";
import { WORD } from "./_meeting.ts";
import { NOT_YET, type Progress, type Race } from "./_race.ts";
import { randomNumbers, sleep } from "./_random.ts";

/** What the main thread asks for. */
export interface RunRequest {
  readonly race: number;
  /** How many rounds, or fewer if the time is over. */
  readonly rounds: number;
  readonly limitMs: number;
  readonly memory: SharedArrayBuffer;
  /** The words by which the threads meet and see how far the other is. */
  readonly meeting: SharedArrayBuffer;
}

/** What came of a run on one side. */
export interface RunResult {
  /** How often each outcome came. */
  readonly counts: readonly number[];
  /** Rounds before each of which the other thread had moved on: 0 on the first side, which does not count them. */
  readonly rounds: number;
}

/** What a run on one side failed of. */
export interface RunFailure {
  readonly failure: string;
}

/** Tries before a thread that waits at a lap's end sleeps. */
const SPINS = 20_000;
/** Rounds between two looks at the clock. */
const ROUNDS_A_LOOK = 16;

const { races } = await import(workerData.module) as { races: readonly Race[] };
const side: 0 | 1 = workerData.side;
const random = randomNumbers(side + 1);
parentPort!.on("message", async (request: RunRequest) => parentPort!.postMessage(await answerTo(request)));
parentPort!.postMessage("ready");

/** A failure is an answer too: a thread that ended by it would leave the tests after it without one. */
async function answerTo(request: RunRequest): Promise<RunResult | RunFailure> {
  try {
    return await run(request);
  } catch (error) {
    return { failure: error instanceof Error ? error.stack ?? error.message : String(error) };
  }
}

/** Runs this side of a race: laps, at whose beginnings the threads meet, and in them rounds, in which they do not. */
async function run({ race: number, rounds, limitMs, memory, meeting }: RunRequest): Promise<RunResult> {
  const race = races[number];
  const words = new Int32Array(meeting);
  const meet = meetingAt(words);
  const image = side === 0 ? new Uint8Array(memory).slice() : undefined;
  const tally = { counts: race.outcomes.map(() => 0), rounds: 0 };
  const deadline = performance.now() + limitMs;
  try {
    for (let isFirst = true; Atomics.load(words, WORD.over) === 0; isFirst = false) {
      meet();
      if (image !== undefined && !isFirst) new Uint8Array(memory).set(image);
      Atomics.store(words, WORD.begun[side], 0);
      Atomics.store(words, WORD.done[side], 0);
      meet();
      if (side === 0) await runFirst(race, { words, memory, tally });
      else await runSecond(race, { words, memory, tally, rounds, deadline });
      // Only the second side ends a run, so both see the same after they have met.
      meet();
    }
  } finally {
    Atomics.store(words, WORD.over, 1);
  }
  return tally;
}

interface Lap {
  readonly words: Int32Array;
  readonly memory: SharedArrayBuffer;
  readonly tally: { counts: number[]; rounds: number };
}

/** Acts until the lap is at its end or the other side has seen enough. */
async function runFirst(race: Race, { words, memory, tally }: Lap): Promise<void> {
  const step = stepsOf(race, { words, memory, tally });
  for (let round = 0; round < race.lapRounds && Atomics.load(words, WORD.over) === 0;) {
    const isDone = step(round);
    // WHY: an await of what is there already would take longer than most rounds.
    if (typeof isDone === "boolean" ? isDone : await isDone) round++;
  }
}

/** Acts while the other side does, and counts the rounds before which that had moved on. */
async function runSecond(
  race: Race,
  { words, memory, tally, rounds, deadline }: Lap & { readonly rounds: number; readonly deadline: number },
): Promise<void> {
  const step = stepsOf(race, { words, memory, tally });
  let last = 0;
  let looks = 0;
  for (let round = 0; Atomics.load(words, WORD.done[0]) < race.lapRounds;) {
    const begun = Atomics.load(words, WORD.begun[0]);
    const isDone = step(round);
    if (typeof isDone === "boolean" ? isDone : await isDone) {
      round++;
      if (begun !== last) tally.rounds++;
      last = begun;
    }
    const isLate = ++looks % ROUNDS_A_LOOK === 0 && performance.now() > deadline;
    if (isLate || tally.rounds >= rounds) Atomics.store(words, WORD.over, 1);
    if (Atomics.load(words, WORD.over) !== 0) return;
  }
}

/** One round after the other, with pauses. A step returns whether its round was done. */
function stepsOf(race: Race, { words, memory, tally }: Lap): (round: number) => boolean | Promise<boolean> {
  const act = race.actors[side](memory);
  // As long as a broken race is in its gaps it is out of them too, so that it goes well as often.
  const rest = race.broken ? gap : () => {};
  const other = 1 - side;
  const progress: Progress = {
    begun: () => Atomics.load(words, WORD.begun[other]),
    done: () => Atomics.load(words, WORD.done[other]),
  };
  const pause = pauses();
  // What a broken reader leaves out is within a reading, so it does hardly anything else.
  const pauseMask = race.broken && side === 1 ? 15 : 0;
  const nap = naps(words, other);
  const { counts } = tally;
  const end = (round: number, outcome: number) => {
    if (outcome >= 0) counts[outcome]++;
    const isDone = outcome !== NOT_YET;
    if (isDone) Atomics.store(words, WORD.done[side], round + 1);
    rest();
    nap();
    return isDone;
  };
  return (round) => {
    if ((round & pauseMask) === 0) pause();
    Atomics.store(words, WORD.begun[side], round + 1);
    const outcome = act(round, progress);
    return typeof outcome === "number" ? end(round, outcome) : outcome.then((later) => end(round, later));
  };
}

/** A barrier for two: returns when the other thread has come as often, or the run is over. */
function meetingAt(words: Int32Array): () => void {
  let due = 0;
  return () => {
    due = (due + 2) | 0;
    let come = Atomics.add(words, WORD.come, 1) + 1;
    if (((come - due) | 0) >= 0) Atomics.notify(words, WORD.come);
    for (let spins = 0; ((come - due) | 0) < 0; come = Atomics.load(words, WORD.come)) {
      if (Atomics.load(words, WORD.over) !== 0) return;
      if (++spins > SPINS) Atomics.wait(words, WORD.come, come, 1);
    }
  };
}

/** Pauses of changing length, most of them short, so that the threads meet at every step of what they do. */
function pauses(): () => void {
  const idle = new Int32Array(1);
  return () => {
    const number = random();
    const longest = 8 << (number & 7);
    for (let left = (number >>> 8) & (longest - 1); left > 0; left--) idle[0] ^= left;
  };
}

/**
 * Sleeps a little where the other thread has not moved for long, as it does where both share one core. They take turns
 * then, and who is woken takes the core from the other in the middle of what it does: so they meet there too.
 */
function naps(words: Int32Array, other: number): () => void {
  let patience = 256;
  let seen = 0;
  let alone = 0;
  return () => {
    const now = Atomics.load(words, WORD.done[other]);
    if (now !== seen) {
      seen = now;
      alone = 0;
    } else if (++alone > patience) {
      const number = random();
      patience = 256 << ((number >>> 8) % 11);
      alone = 0;
      sleep((1 + (number & 63)) / 64);
    }
  };
}
