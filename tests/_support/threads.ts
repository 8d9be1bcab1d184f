/**
 * Worker threads of tests: started with data, waited for, ended. Over `node:worker_threads`, so on every runtime.
 *
 * @module
 */
import { Worker } from "node:worker_threads";

/** A guard against a hang, not a target. */
const DEADLINE_MS = 300_000;

/** A worker thread and what it said. */
export class Thread {
  readonly worker: Worker;
  /** Resolves when the thread has ended, whether by itself or not. */
  readonly ended: Promise<void>;
  #failed: unknown;
  readonly #messages: unknown[] = [];
  #wake: (() => void) | undefined;

  constructor(module: URL, workerData: unknown) {
    this.worker = new Worker(module, { workerData });
    this.ended = new Promise((resolve) => this.worker.once("exit", () => resolve()));
    this.worker.on("message", (message) => {
      this.#messages.push(message);
      this.#wake?.();
    });
    this.worker.on("error", (error) => {
      this.#failed = error;
      this.#wake?.();
    });
    void this.ended.then(() => {
      this.#failed ??= new Error("the thread ended before it said what was waited for");
      this.#wake?.();
    });
  }

  /** What the thread failed with; undefined while it has not. One that has ended says nothing more, which is a failure. */
  get failure(): unknown {
    return this.#failed;
  }

  /**
   * The next message that was not taken yet.
   *
   * @throws What the thread failed with, or an Error if it ended without a further message, or says nothing for minutes
   */
  async message(): Promise<unknown> {
    const deadline = setTimeout(() => {
      this.#failed ??= new Error(`the thread said nothing for ${DEADLINE_MS} ms`);
      this.#wake?.();
    }, DEADLINE_MS);
    try {
      while (this.#messages.length === 0) {
        if (this.#failed !== undefined) throw this.#failed;
        await new Promise<void>((resolve) => this.#wake = resolve);
      }
      return this.#messages.shift();
    } finally {
      clearTimeout(deadline);
    }
  }
}

/** Lets the event loop turn once, so that messages arrive. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
