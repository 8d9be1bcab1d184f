/**
 * Starts an LLM server: the OpenAI-compatible API in several workers, before engines of its own or other servers.
 *
 * @module
 */
import type { ExtensionServices, ServerExtension, WorkerLink } from "../../server/extension.ts";
import type { ServeOptions } from "../../server/options.ts";
import type { Server } from "../../server/running_server.ts";
import { serve } from "../../server/serve.ts";
import { PipelineExtension } from "../pipeline/pipeline_extension.ts";
import type { LlmWorkerData } from "../worker/worker_data.ts";
import { EngineExtension } from "./engine_extension.ts";
import type { LlmOptions } from "./llm_options.ts";
import { type LlmPlan, resolveLlmOptions } from "./resolve_llm_options.ts";
import { StatsLog } from "./stats_log.ts";

/** A running LLM server. */
export interface LlmServer extends Server {
  /** What it is, in one line for the person who started it. */
  readonly description: string;
  /** Ends an engine at once, as a crash would; another one takes its place. Nothing happens in a gateway. */
  killEngine(engine: number): void;
  /** The stages, if it serves a pipeline. */
  readonly stages?: PipelineControl;
  /** Ends a worker at once, as a crash would; another one takes its place. */
  killWorker(slot: number): void;
}

/** Replicas of a running pipeline's stages, by the stage's position and the replica's number from 0. */
export interface PipelineControl {
  /** Adds a replica to a stage. Resolves with its number when it takes requests. */
  addReplica(stage: number): Promise<number>;
  /** Removes a replica. Resolves when its requests have ended. @throws {RangeError} If it is the stage's only one */
  removeReplica(stage: number, replica: number): Promise<void>;
  /** Ends a replica at once, as a crash would; another one takes its place. */
  killReplica(stage: number, replica: number): void;
  /** The replicas that take requests. */
  readonly replicas: readonly { readonly stage: number; readonly replica: number }[];
}

/** The options of `serve()` that are left to choose. */
export type LlmServeOptions =
  & LlmOptions
  & Omit<ServeOptions, "handler" | "handlerData" | "extension" | "httpFamilies">;

/**
 * Starts the engines, the workers and the ports. Resolves when every worker accepts requests. Main thread only.
 *
 * @throws {StartError} If an option cannot be, or an address cannot be bound
 *
 * @example A simulated model with two replicas behind four workers
 * ```ts ignore
 * import { serveLlm } from "promslab/llm";
 *
 * const server = await serveLlm({ model: "my-model", replicas: 2, workers: 4, profile: "8b-h100" });
 * console.log(server.description);
 * await server.finished;
 * ```
 */
export async function serveLlm(options: LlmServeOptions): Promise<LlmServer> {
  const plan = resolveLlmOptions(options);
  const workers = new Set<WorkerLink>();
  const engines = plan.kind === "embedded" ? new EngineExtension(plan) : undefined;
  const stages = plan.kind === "pipeline" ? new PipelineExtension(plan) : undefined;
  const server = await serve({
    ...options,
    handler: new URL("../worker/handler.ts", import.meta.url),
    handlerData: workerDataOf(plan),
    httpFamilies: plan.httpMetrics,
    extension: withStats(plan.statsSeconds, { threads: engines ?? stages, workers }),
  });
  return Object.assign(server, {
    description: describe(plan),
    stages: stages === undefined ? undefined : controlOf(stages),
    killEngine: (engine: number) => engines?.pool.kill(engine),
    killWorker: (slot: number) =>
      [...workers].findLast((worker) => worker.slot === slot)?.terminate("it was killed"),
  });
}

function controlOf(stages: PipelineExtension): PipelineControl {
  return {
    addReplica: async (stage) => (await stages.pool.add(stage)).replica,
    removeReplica: (stage, replica) => stages.pool.remove({ stage, replica }),
    killReplica: (stage, replica) => stages.pool.kill({ stage, replica }),
    get replicas() {
      return stages.pool.places.map(({ stage, replica }) => ({ stage, replica }));
    },
  };
}

/** What each worker of a server is told before it starts. */
export function workerDataOf(plan: LlmPlan): LlmWorkerData {
  if (plan.kind === "gateway") return { kind: "gateway", gateway: plan.gateway };
  if (plan.kind === "pipeline") {
    const { pipeline, naming, api, routing } = plan;
    return { kind: "pipeline", pipeline, naming, api, routing };
  }
  const { api, features, routing, replicas } = plan;
  return { kind: "embedded", api, features, routing, engines: replicas };
}

function describe(plan: LlmPlan): string {
  if (plan.kind === "gateway") {
    return `forwards to ${plan.gateway.upstreams.map(({ url }) => url).join(", ")}`;
  }
  const { speedFactor } = plan.kind === "pipeline" ? plan.pipeline : plan.engine;
  const speed = speedFactor === 1 ? "" : `, time runs ${speedFactor} times faster`;
  if (plan.kind === "pipeline") {
    const { model, stages } = plan.pipeline;
    const list = stages.map(({ name, replicas }) => `${name} (${replicas})`).join(", ");
    return `simulates ${model} as a pipeline of ${list}${speed}: what it says, plays and draws is made up, no model is run`;
  }
  const { api, replicas } = plan;
  return `simulates ${api.models[0]} with ${replicas} ${replicas === 1 ? "engine" : "engines"}${speed}: ` +
    "the text and the timing are made up, no model is run";
}

/** The engines or stages if there are any, and a line on what the server does every so often. */
function withStats(
  statsSeconds: number,
  parts: { threads: ServerExtension | undefined; workers: Set<WorkerLink> },
): ServerExtension {
  const { threads, workers } = parts;
  let timer: ReturnType<typeof setInterval> | undefined;
  return {
    async start(services: ExtensionServices): Promise<void> {
      await threads?.start(services);
      if (statsSeconds === 0) return;
      const stats = new StatsLog();
      const look = async () => {
        const line = await services.gather((families) => stats.line(families, performance.now()));
        if (line !== undefined) services.log(line);
      };
      timer = setInterval(() => void look(), statsSeconds * 1000);
    },
    workerStarted(worker: WorkerLink): void {
      workers.add(worker);
      void worker.ended.then(() => workers.delete(worker));
      threads?.workerStarted?.(worker);
    },
    async stop(): Promise<void> {
      clearInterval(timer);
      await threads?.stop();
    },
  };
}
