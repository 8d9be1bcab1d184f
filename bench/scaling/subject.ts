/**
 * The process whose threads increment words of shared memory, on Deno, Bun and Node.
 *
 * @module
 */
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { answerCalls } from "../runner/answer_calls.ts";
import { firstWord, type Place, WORDS_PER_THREAD } from "./places.ts";

interface ThreadData {
  readonly words: Int32Array;
  readonly first: number;
}

if (isMainThread) await lead();
else follow(workerData as ThreadData);

/** Increments for so many milliseconds whenever it is told to, and answers how often. */
function follow({ words, first }: ThreadData): void {
  parentPort!.on("message", (milliseconds: number) => {
    const endMs = performance.now() + milliseconds;
    let count = 0;
    while (performance.now() < endMs) {
      increment(words, first);
      count += BATCH;
    }
    parentPort!.postMessage(count);
  });
  parentPort!.postMessage(0);
}

const BATCH = 10_000;

function increment(words: Int32Array, first: number): void {
  for (let step = 0; step < BATCH; step++) {
    const word = first + step % WORDS_PER_THREAD;
    words[word] = (words[word] + 1) | 0;
  }
}

async function lead(): Promise<void> {
  const fleets = new Map<string, Worker[]>();
  await answerCalls({
    /** Starts the threads. */
    async start(place, workers) {
      const shared = new Int32Array(new SharedArrayBuffer(64 * 1024));
      const threads = Array.from({ length: Number(workers) }, (_, thread) => {
        const words = place === "slabs" ? new Int32Array(new SharedArrayBuffer(64 * 1024)) : shared;
        const data: ThreadData = { words, first: firstWord(place as Place, thread) };
        return new Worker(new URL(import.meta.url), { workerData: data });
      });
      await Promise.all(threads.map(answer));
      fleets.set(`${place} ${workers}`, threads);
    },

    /** Lets all threads increment at the same time; answers millions of increments a second, of all together. */
    async run(place, workers, milliseconds) {
      const threads = fleets.get(`${place} ${workers}`)!;
      const counts = await Promise.all(threads.map((thread) => {
        const counted = answer(thread);
        thread.postMessage(Number(milliseconds));
        return counted;
      }));
      return counts.reduce((a, b) => a + b, 0) / Number(milliseconds) / 1000;
    },
  });
}

function answer(thread: Worker): Promise<number> {
  return new Promise((resolve, reject) => {
    thread.once("message", resolve);
    thread.once("error", reject);
  });
}
