/**
 * A host whose workers are played by the test: no thread is started, no port is opened.
 *
 * @module
 */
import type { Host, PortSharing, SpawnOptions, WorkerEnd, WorkerThread } from "../../src/host/types.ts";
import type { FromWorker, ToWorker, WorkerStart } from "../../src/server/workers/messages.ts";

/** A worker that does what it is told, or what the test makes it do. */
export class FakeWorker implements WorkerThread {
  readonly start: WorkerStart;
  readonly received: ToWorker[] = [];
  readonly ended: Promise<WorkerEnd>;
  terminated = false;
  /** Whether it answers `listen` and `drain` by itself. */
  obedient = true;
  #deliver: (message: unknown) => void = () => {};
  readonly #end = Promise.withResolvers<WorkerEnd>();

  constructor(options: SpawnOptions) {
    this.start = options.data as WorkerStart;
    this.ended = this.#end.promise;
  }

  post(message: unknown): void {
    const order = message as ToWorker;
    this.received.push(order);
    if (!this.obedient) return;
    if (order.type === "listen") this.say({ type: "listening", port: order.port || 4321 });
    if (order.type === "drain") this.end({ code: 0, proven: true });
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#deliver = listener;
  }

  terminate(): void {
    this.terminated = true;
    this.end({ code: 1, proven: true });
  }

  /** Sends a message to the parent. */
  say(message: FromWorker): void {
    this.#deliver(message);
  }

  /** Ends the thread. */
  end(end: WorkerEnd): void {
    this.#end.resolve(end);
  }
}

/** A host and the workers that it was asked to start. */
export class FakeHost implements Host {
  readonly name = "deno";
  readonly version = "0.0.0";
  readonly limitsConnections = true;
  readonly workers: FakeWorker[] = [];
  /** What a new worker does; by default it says that the handler is loaded. */
  onSpawn: (worker: FakeWorker) => void = (worker) => worker.say({ type: "loaded" });

  spawn(options: SpawnOptions): WorkerThread {
    const worker = new FakeWorker(options);
    this.workers.push(worker);
    queueMicrotask(() => this.onSpawn(worker));
    return worker;
  }

  cpuCount(): number {
    return 4;
  }

  portSharing(): PortSharing {
    return { possible: true, means: "the test", free: true };
  }

  listen(): never {
    throw new Error("Cannot listen: a fake host opens no port");
  }

  workerScope(): undefined {
    return undefined;
  }

  onSignal(): () => void {
    return () => {};
  }

  exit(): never {
    throw new Error("Cannot exit: a fake host ends no process");
  }

  readonly bodies = { isStreamed: () => false, readyBytes: () => 0 };
}
