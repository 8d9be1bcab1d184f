/**
 * The leader's side of the conversation with one worker.
 *
 * @module
 */
import type { WorkerCall } from "./fleet.ts";
import type { FleetAnswer, FleetCall } from "./fleet_worker.ts";

/** Sends calls and waits for answers, which come in the order of the calls. */
export class WorkerCalls {
  /** The folder below `/proc` of the worker's thread. */
  task = "";
  /** Resolves when the worker has filled its family. */
  readonly ready: Promise<void>;
  readonly #send: (call: FleetCall) => void;
  readonly #waiting: { resolve: (value: number) => void; reject: (reason: Error) => void }[] = [];

  constructor(send: (call: FleetCall) => void) {
    this.#send = send;
    this.ready = new Promise<number>((resolve, reject) => this.#waiting.push({ resolve, reject })).then(
      () => {},
    );
    // Whoever waits hears of a failure; nobody has to wait.
    this.ready.catch(() => {});
  }

  ask(call: WorkerCall, value = 0): Promise<number> {
    const answer = new Promise<number>((resolve, reject) => this.#waiting.push({ resolve, reject }));
    this.#send({ fleet: true, call, value });
    return answer;
  }

  /** Takes a message of the worker; those of the library are none of its business. */
  receive(message: unknown): void {
    if (typeof message !== "object" || message === null || !("fleet" in message)) return;
    const { value, task } = message as FleetAnswer;
    if (task !== undefined) this.task = task;
    this.#waiting.shift()?.resolve(value);
  }

  /** Says that no answer will come any more. */
  close(reason: string): void {
    for (const { reject } of this.#waiting.splice(0)) reject(new Error(reason));
  }
}
