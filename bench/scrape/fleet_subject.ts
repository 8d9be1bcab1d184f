/**
 * The process that leads a fleet of workers and scrapes it, on Deno, Bun and Node. Its worker threads and its
 * forked processes run this module too.
 *
 * @module
 */
import cluster from "node:cluster";
import { readFileSync } from "node:fs";
import process from "node:process";
import { isMainThread, parentPort, workerData } from "node:worker_threads";
import { packageVersion } from "../peers/package_version.ts";
import { bodyText } from "../peers/prom_client_api.ts";
import { loadPromClient, type PromClientModule } from "../peers/prom_client.ts";
import { loadPromslab } from "../peers/promslab.ts";
import { answerCalls } from "../runner/answer_calls.ts";
import { CLUSTER_PLAN, ClusterFleet } from "./cluster_fleet.ts";
import type { Kind } from "./families.ts";
import type { Fleet, FleetPlan } from "./fleet.ts";
import { answerFleet } from "./fleet_worker.ts";
import { LoopGap } from "./loop_gap.ts";
import { PromslabFleet, type ThreadData, WorkerRegistryFleet } from "./thread_fleet.ts";

const THREADS_PACKAGE = "@prometheus-io/client";

if (!isMainThread) await runThread(workerData as ThreadData);
else if (cluster.isWorker) await runProcess(JSON.parse(process.env[CLUSTER_PLAN] ?? "{}"));
else await lead(process.argv[2]);

async function runThread({ implementation, plan, slab }: ThreadData): Promise<void> {
  const library = implementation === "promslab"
    ? loadPromslab({ attach: slab })
    : await loadPromClient(THREADS_PACKAGE, (module) => module.WorkerRegistry);
  const port = parentPort!;
  answerFleet(
    {
      send: (message) => port.postMessage(message),
      receive: (handler) => void port.on("message", handler),
    },
    library,
    plan,
  );
}

async function runProcess({ packageName, plan }: { packageName: string; plan: FleetPlan }): Promise<void> {
  const library = await loadPromClient(packageName, (module) => module.AggregatorRegistry);
  answerFleet(
    {
      send: (message) => void process.send!(message),
      receive: (handler) => void process.on("message", handler),
    },
    library,
    plan,
  );
}

async function makeFleet(name: string, plan: FleetPlan): Promise<Fleet> {
  const module = new URL(import.meta.url);
  if (name === "promslab") return new PromslabFleet(module, plan);
  const packageName = name.replace(/ (workers|cluster)$/, "");
  const client: PromClientModule = await import(packageName);
  return name.endsWith(" workers")
    ? new WorkerRegistryFleet(module, plan, new client.WorkerRegistry())
    : new ClusterFleet(new client.AggregatorRegistry(), { packageName, plan });
}

async function lead(name: string): Promise<void> {
  let fleet: Fleet;
  let plan: FleetPlan;
  let expected = 0;
  const all = async (work: (worker: number) => Promise<number>) =>
    await Promise.all(Array.from({ length: plan.workers }, (_, worker) => work(worker)));
  const touch = async (step: string) => {
    for (const growth of await all((worker) => fleet.ask(worker, "touch", Number(step)))) expected += growth;
  };

  await answerCalls({
    version: () =>
      name === "promslab" ? "this commit" : packageVersion(name.replace(/ (workers|cluster)$/, "")),

    /** Starts the fleet. */
    async start(kind, series, workers) {
      plan = { kind: kind as Kind, series: Number(series), workers: Number(workers) };
      fleet = await makeFleet(name, plan);
      for (let worker = 0; worker < plan.workers; worker++) await fleet.start(worker);
      // Every worker fills its family with the same values; a touch of all series tells how much that is.
      const growth = await all((worker) => fleet.ask(worker, "touch", 1));
      expected = 2 * growth.reduce((a, b) => a + b, 0);
    },

    /** Changes values in all workers, then scrapes; answers what that took. */
    async scrape(step) {
      if (step !== "0") await touch(step);
      await pause(5); // The workers' threads may still be busy with having answered.
      const before = cpuMs(fleet.tasks());
      const startMs = performance.now();
      const body = await fleet.scrape();
      const ms = performance.now() - startMs;
      const after = cpuMs(fleet.tasks());
      const bytes = body.reduce((sum, chunk) => sum + chunk.length, 0);
      return {
        ms,
        bytes,
        ...(before === undefined || after === undefined ? {} : { "worker CPU ms": after - before }),
      };
    },

    /** The same with every event loop watched; answers the longest stalls. */
    async stalls(step) {
      await touch(step);
      const gap = new LoopGap();
      await all((worker) => fleet.ask(worker, "watch"));
      gap.start();
      await pause(2);
      await fleet.scrape();
      await pause(2);
      const main = gap.stop();
      const workers = await all((worker) => fleet.ask(worker, "watched"));
      return { "main stall ms": main, "worker stall ms": Math.max(...workers) };
    },

    /** The bytes of all messages that the workers send for one scrape. */
    async messages() {
      await all((worker) => fleet.ask(worker, "count"));
      await fleet.scrape();
      return (await all((worker) => fleet.ask(worker, "counted"))).reduce((a, b) => a + b, 0);
    },

    /**
     * Changes the values of one worker, then scrapes; answers which share of all that was ever recorded the
     * scrape tells, and how long it took.
     */
    async complete(worker) {
      expected += await fleet.ask(Number(worker), "touch", 1);
      await pause(5);
      const startMs = performance.now();
      try {
        const body = await fleet.scrape();
        return { ms: performance.now() - startMs, share: sumOf(bodyText(body), plan.kind) / expected };
      } catch (error) {
        return { ms: performance.now() - startMs, share: 0, error: (error as Error).message };
      }
    },

    /** Returns when the worker stands still. */
    async hang(worker, milliseconds) {
      await fleet.ask(Number(worker), "hang", Number(milliseconds));
      await pause(100);
    },
    end: (worker) => fleet.end(Number(worker)),

    /** Ends the worker of a slot and starts another, so often. */
    async restart(worker, times) {
      for (let time = 0; time < Number(times); time++) {
        await fleet.end(Number(worker));
        await fleet.start(Number(worker));
        expected += await fleet.ask(Number(worker), "touch", 1) * 2;
      }
    },

    stop: () => fleet.stop(),
  });
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function sumOf(text: string, kind: Kind): number {
  const pattern = kind === "counter"
    ? /^bench_requests_total\{.* (\S+)$/gm
    : /^bench_seconds_count\{.* (\S+)$/gm;
  let sum = 0;
  for (const [, value] of text.matchAll(pattern)) sum += Number(value);
  return sum;
}

/** Processor time of threads, or undefined where the system does not tell. */
function cpuMs(tasks: readonly string[]): number | undefined {
  let ns = 0;
  for (const task of tasks) {
    try {
      ns += Number(readFileSync(`${task}/schedstat`, "utf8").split(" ")[0]);
    } catch {
      // A thread of a pool may end at any time.
    }
  }
  return tasks.length === 0 ? undefined : ns / 1e6;
}
