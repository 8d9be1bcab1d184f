/**
 * One of the two threads of a race.
 *
 * @module
 */
import { parentPort, workerData } from "node:worker_threads";
import type { Race } from "./_race.ts";

/** What the main thread asks for. */
export interface RunRequest {
  readonly race: number;
  readonly rounds: number;
  readonly memory: SharedArrayBuffer;
  /** One word, at which the threads meet. */
  readonly barrier: SharedArrayBuffer;
}

/**
 * Tries before a waiting thread sleeps, which it does only where there are more threads than cores. Many: on a busy
 * machine two threads that spin get through thousands of rounds whenever both run, two that sleep through one.
 */
const SPINS = 20_000;

const { races } = await import(workerData.module) as { races: readonly Race[] };
const side: 0 | 1 = workerData.side;
parentPort!.on("message", (request: RunRequest) => parentPort!.postMessage(run(request)));
parentPort!.postMessage("ready");

/** Runs this side of a race. Returns how often each outcome came. */
function run({ race: number, rounds, memory, barrier }: RunRequest): number[] {
  const race = races[number];
  const counts = race.outcomes.map(() => 0);
  const meet = meetingAt(new Int32Array(barrier));
  const image = new Uint8Array(memory).slice();
  const pause = pauses(side + 1);
  for (let done = 0; done < rounds; done += race.lapRounds) {
    meet();
    if (done > 0 && side === 0) new Uint8Array(memory).set(image);
    meet();
    const act = race.actors[side](memory);
    const lap = Math.min(race.lapRounds, rounds - done);
    for (let round = 0; round < lap; round++) {
      meet();
      pause();
      const outcome = act(round);
      if (outcome >= 0) counts[outcome]++;
    }
  }
  return counts;
}

/** A barrier for two: returns when the other thread has come as often. */
function meetingAt(word: Int32Array): () => void {
  let due = 0;
  return () => {
    due = (due + 2) | 0;
    let come = Atomics.add(word, 0, 1) + 1;
    for (let spins = 0; ((come - due) | 0) < 0; come = Atomics.load(word, 0)) {
      if (++spins > SPINS) Atomics.wait(word, 0, come, 1);
    }
  };
}

/** Pauses of changing length, most of them short, so that the threads meet at every step of what they do. */
function pauses(seed: number): () => void {
  const idle = new Int32Array(1);
  let random = seed * 2654435761;
  return () => {
    random ^= random << 13;
    random ^= random >>> 17;
    random ^= random << 5;
    const longest = 8 << (random & 7);
    for (let left = (random >>> 8) & (longest - 1); left > 0; left--) idle[0] ^= left;
  };
}
