/**
 * Fleets of processes: `node:cluster` and the registries that aggregate over its channel.
 *
 * @module
 */
import cluster, { type Worker } from "node:cluster";
import { readdirSync } from "node:fs";
import type { Chunks, Fleet, FleetPlan, WorkerCall } from "./fleet.ts";
import { WorkerCalls } from "./worker_calls.ts";

/** What aggregates. */
export interface Aggregator {
  clusterMetrics(): Promise<string>;
}

/** The variable that tells a forked process which library it measures and what it holds. */
export const CLUSTER_PLAN = "BENCH_CLUSTER_PLAN";

interface Member {
  readonly worker: Worker;
  readonly calls: WorkerCalls;
}

/** Processes forked from this one. */
export class ClusterFleet implements Fleet {
  readonly #members: Member[] = [];
  readonly #aggregator: Aggregator;
  readonly #plan: string;

  constructor(aggregator: Aggregator, { packageName, plan }: { packageName: string; plan: FleetPlan }) {
    this.#aggregator = aggregator;
    this.#plan = JSON.stringify({ packageName, plan });
    // The primary's stdin and stdout belong to the conversation with the runner.
    cluster.setupPrimary({ silent: true });
  }

  tasks(): string[] {
    return this.#members.flatMap(({ worker }) => {
      const folder = `/proc/${worker.process.pid}/task`;
      try {
        return readdirSync(folder).map((task) => `${folder}/${task}`);
      } catch {
        return [];
      }
    });
  }

  ask(worker: number, call: WorkerCall, value?: number): Promise<number> {
    return this.#members[worker].calls.ask(call, value);
  }

  async scrape(): Promise<Chunks> {
    return [new TextEncoder().encode(await this.#aggregator.clusterMetrics())];
  }

  async start(slot: number): Promise<void> {
    const worker = cluster.fork({ [CLUSTER_PLAN]: this.#plan });
    const calls = new WorkerCalls((call) => worker.send(call));
    worker.on("message", (message) => calls.receive(message));
    worker.on("exit", (code) => calls.close(`The process ended with code ${code}`));
    worker.process.stderr?.on("data", (text) => console.error(String(text)));
    this.#members[slot] = { worker, calls };
    await calls.ready;
  }

  async end(slot: number): Promise<void> {
    const { worker } = this.#members[slot];
    const exited = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
    worker.process.kill("SIGKILL");
    await exited;
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.#members.map((_, slot) => this.#members[slot].worker.isDead() ? undefined : this.end(slot)),
    );
  }
}
