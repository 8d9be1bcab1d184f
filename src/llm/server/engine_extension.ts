/**
 * The engines as a part of the server: started before its workers, ended after them.
 *
 * @module
 */
import type { ExtensionServices, ServerExtension, WorkerLink } from "../../server/extension.ts";
import { Registry } from "../../registry/registry.ts";
import { EngineMetrics } from "../metrics/engine_metrics.ts";
import { RequestMetrics } from "../metrics/request_metrics.ts";
import { EnginePool } from "../replica/engine_pool.ts";
import type { EmbeddedPlan } from "./resolve_llm_options.ts";

/** The slot of the slab that holds all series at zero: after those of workers, before those of engines. */
const ZERO_SLOT = 4095;

/** Engines of one server. Main thread only. */
export class EngineExtension implements ServerExtension {
  readonly #plan: EmbeddedPlan;
  #pool: EnginePool | undefined;

  constructor(plan: EmbeddedPlan) {
    this.#plan = plan;
  }

  /** The engines, once they are started. */
  get pool(): EnginePool {
    if (this.#pool === undefined) throw new Error("Cannot reach the engines: they are not started");
    return this.#pool;
  }

  async start(services: ExtensionServices): Promise<void> {
    const { engine: config, api, features, replicas, mode } = this.#plan;
    const model = api.models[0];
    // All series, at zero: what an engine or a worker that died was the last to have does not vanish. They are in a
    // slab of this server, so that another server of the process may have other buckets.
    const registry = new Registry();
    registry.attach(services.slabs.open({ slot: ZERO_SLOT, epoch: 1, beats: false }).attachment);
    for (let engine = 0; engine < replicas; engine++) {
      new EngineMetrics({ model, engine, config, features, adapters: api.adapters, registry });
      new RequestMetrics({ model, engine, tokensMax: api.maxModelLen, features, registry });
    }
    registry.publish();
    this.#pool = new EnginePool({
      host: services.host,
      module: new URL("../../../workers/engine_worker.ts", import.meta.url),
      count: replicas,
      common: { config, model, adapters: api.adapters, features, mode },
      openSlab: (place) => services.slabs.open(place),
      limits: services.limits,
      log: (line) => services.log(line),
      onRestart: (reason) => services.restarted(reason),
    });
    await this.#pool.start();
  }

  workerStarted(worker: WorkerLink): void {
    this.pool.join(worker);
  }

  async stop(): Promise<void> {
    await this.#pool?.stop();
  }
}
