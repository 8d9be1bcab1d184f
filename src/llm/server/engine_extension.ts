/**
 * The engines as a part of the server: started before its workers, ended after them.
 *
 * @module
 */
import type { Registry } from "../../registry/registry.ts";
import type { ExtensionServices, ServerExtension, WorkerLink } from "../../server/extension.ts";
import { EngineMetrics } from "../metrics/engine_metrics.ts";
import { RequestMetrics } from "../metrics/request_metrics.ts";
import { EnginePool } from "../replica/engine_pool.ts";
import { type MainRegistry, openMainRegistry } from "../replica/main_registry.ts";
import type { EmbeddedPlan } from "./resolve_llm_options.ts";

/** Engines of one server. Main thread only. */
export class EngineExtension implements ServerExtension {
  readonly #plan: EmbeddedPlan;
  #pool: EnginePool | undefined;
  #main: MainRegistry | undefined;

  constructor(plan: EmbeddedPlan) {
    this.#plan = plan;
  }

  /** The engines, once they are started. */
  get pool(): EnginePool {
    if (this.#pool === undefined) throw new Error("Cannot reach the engines: they are not started");
    return this.#pool;
  }

  async start(services: ExtensionServices): Promise<void> {
    const { registry, close } = this.#main = openMainRegistry(services);
    try {
      await this.#startEngines(services, registry);
    } catch (error) {
      close();
      throw error;
    }
  }

  async #startEngines(services: ExtensionServices, registry: Registry): Promise<void> {
    const { engine: config, api, features, replicas, mode } = this.#plan;
    const model = api.models[0];
    // All series, at zero: what an engine or a worker that died was the last to have does not vanish.
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
    this.#main?.close();
    await this.#pool?.stop();
  }
}
