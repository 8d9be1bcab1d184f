/**
 * For how long this machine did not run a thread that wanted to run, so that a limit of time is asked of the program and
 * not of what else the machine does.
 *
 * @module
 */

/** A thread that does nothing but look at the clock. */
const WATCH = `const TICK_MS = 5, LATE_MS = 15;
self.onmessage = ({ data }) => {
  const words = new Int32Array(data);
  let lastMs = performance.now();
  setInterval(() => {
    const nowMs = performance.now();
    // A timer is late by a millisecond or two on an idle machine too.
    if (nowMs - lastMs > LATE_MS) Atomics.add(words, 0, Math.round((nowMs - lastMs - TICK_MS) * 1000));
    lastMs = nowMs;
  }, TICK_MS);
  self.postMessage("ready");
};`;

/** The watch. Made with `using`, it ends with the block. */
export class StolenTime implements Disposable {
  readonly #words: Int32Array;
  readonly #worker: Worker;

  private constructor(words: Int32Array, worker: Worker) {
    this.#words = words;
    this.#worker = worker;
  }

  static async watch(): Promise<StolenTime> {
    const buffer = new SharedArrayBuffer(4);
    const worker = new Worker(`data:text/javascript,${encodeURIComponent(WATCH)}`, { type: "module" });
    const ready = new Promise((resolve) => worker.onmessage = resolve);
    worker.postMessage(buffer);
    await ready;
    return new StolenTime(new Int32Array(buffer), worker);
  }

  /** Since it began to watch. */
  get milliseconds(): number {
    return Atomics.load(this.#words, 0) / 1000;
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}
