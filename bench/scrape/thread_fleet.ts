/**
 * Fleets of worker threads: promslab's, and that of `@prometheus-io/client`'s WorkerRegistry.
 *
 * @module
 */
import { Worker } from "node:worker_threads";
import { Collector, createSlab, Registry } from "../../mod.ts";
import { createTextFormat } from "../../src/exposition/text_sink.ts";
import type { Chunks, Fleet, FleetPlan, WorkerCall } from "./fleet.ts";
import { WorkerCalls } from "./worker_calls.ts";

/** What a worker thread is told at its start. */
export interface ThreadData {
  readonly implementation: string;
  readonly plan: FleetPlan;
  readonly slab?: SharedArrayBuffer;
}

interface Thread {
  readonly worker: Worker;
  readonly calls: WorkerCalls;
  readonly exited: Promise<void>;
}

/** Threads of the module that is given, in slots. */
abstract class ThreadFleet implements Fleet {
  readonly #threads: Thread[] = [];
  readonly #module: URL;
  protected readonly plan: FleetPlan;

  constructor(module: URL, plan: FleetPlan) {
    this.#module = module;
    this.plan = plan;
  }

  abstract scrape(): Promise<Chunks> | Chunks;
  protected abstract dataFor(slot: number): ThreadData;
  protected ended(_slot: number): void {}

  tasks(): string[] {
    return this.#threads.flatMap(({ calls }) => calls.task === "" ? [] : [calls.task]);
  }

  ask(worker: number, call: WorkerCall, value?: number): Promise<number> {
    return this.#threads[worker].calls.ask(call, value);
  }

  async start(slot: number): Promise<void> {
    const worker = new Worker(this.#module, { workerData: this.dataFor(slot) });
    const calls = new WorkerCalls((call) => worker.postMessage(call));
    worker.on("message", (message) => calls.receive(message));
    worker.on("error", (error) => calls.close(String(error)));
    const exited = new Promise<void>((resolve) => worker.on("exit", () => resolve()));
    this.#threads[slot] = { worker, calls, exited };
    await calls.ready;
  }

  async end(slot: number): Promise<void> {
    const { worker, calls, exited } = this.#threads[slot];
    calls.close("The worker was ended");
    await worker.terminate();
    await exited;
    this.ended(slot);
  }

  async stop(): Promise<void> {
    const ended = this.#threads.map(({ worker }) => worker.terminate());
    // One that computes without a break may not end before the process does.
    await Promise.race([Promise.all(ended), new Promise((resolve) => setTimeout(resolve, 500))]);
  }
}

/** promslab: a slab for each worker, gathered by the thread that leads. */
export class PromslabFleet extends ThreadFleet {
  readonly #collector: Collector = new Collector(new Registry({ slabBytes: 2 ** 20 }));
  readonly #format = createTextFormat();
  readonly #sources: ReturnType<Collector["addSlab"]>[] = [];

  protected override dataFor(slot: number): ThreadData {
    const { kind, series } = this.plan;
    const slab = createSlab({ bytes: 2 ** 20 + series * (kind === "counter" ? 256 : 640), slot });
    this.#sources[slot] = this.#collector.addSlab(slab);
    return { implementation: "promslab", plan: this.plan, slab };
  }

  protected override ended(slot: number): void {
    this.#collector.retire(this.#sources[slot]);
  }

  scrape(): Chunks {
    const sink = this.#format.sink();
    this.#collector.gather(sink);
    return sink.finish();
  }
}

/** The WorkerRegistry: the leader asks every thread over a BroadcastChannel. */
export class WorkerRegistryFleet extends ThreadFleet {
  readonly #registry: { workerMetrics(): Promise<string> };

  constructor(module: URL, plan: FleetPlan, registry: { workerMetrics(): Promise<string> }) {
    super(module, plan);
    this.#registry = registry;
  }

  protected override dataFor(_slot: number): ThreadData {
    return { implementation: "@prometheus-io/client workers", plan: this.plan };
  }

  async scrape(): Promise<Chunks> {
    return [new TextEncoder().encode(await this.#registry.workerMetrics())];
  }
}
