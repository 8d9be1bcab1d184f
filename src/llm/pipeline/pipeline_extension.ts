/**
 * A pipeline's stages as a part of the server: started before its workers, ended after them.
 *
 * @module
 */
import type { StagePlace } from "../../families/engine_labels.ts";
import { counterSpec } from "../../families/family_spec.ts";
import { defineCounter } from "../../families/define_family.ts";
import type { OmniNaming } from "../../families/omni.ts";
import type { Registry } from "../../registry/registry.ts";
import type { ExtensionServices, ServerExtension, WorkerLink } from "../../server/extension.ts";
import { type MainRegistry, openMainRegistry } from "../replica/main_registry.ts";
import type { PipelineDescription } from "./description.ts";
import { PipelineMetrics } from "./pipeline_metrics.ts";
import { StagePool } from "./stage_pool.ts";

/** Hops that nobody received; vLLM-Omni has no such family. */
export const TRANSFERS_LOST = counterSpec(
  "promslab_transfers_lost_total",
  "Hops between stages that were sent and not received, because the receiving replica was lost.",
  { labels: ["model_name", "from_stage", "from_replica", "to_stage", "to_replica"] },
);

/** What a pipeline is served as. */
export interface PipelinePlan {
  readonly pipeline: PipelineDescription;
  readonly naming: OmniNaming;
  readonly deprecated: boolean;
}

/** The stages of one server. Main thread only. */
export class PipelineExtension implements ServerExtension {
  readonly #plan: PipelinePlan;
  #pool: StagePool | undefined;
  #main: MainRegistry | undefined;

  constructor(plan: PipelinePlan) {
    this.#plan = plan;
  }

  /** The replicas, once they are started. */
  get pool(): StagePool {
    if (this.#pool === undefined) throw new Error("Cannot reach the stages: they are not started");
    return this.#pool;
  }

  async start(services: ExtensionServices): Promise<void> {
    const { registry, close } = this.#main = openMainRegistry(services);
    try {
      await this.#startStages(services, registry);
    } catch (error) {
      close();
      throw error;
    }
  }

  async #startStages(services: ExtensionServices, registry: Registry): Promise<void> {
    const { pipeline, naming, deprecated } = this.#plan;
    const metrics = new PipelineMetrics(pipeline, { naming, registry });
    const lost = defineCounter(TRANSFERS_LOST, { registry });
    registry.publish();
    this.#pool = new StagePool({
      host: services.host,
      module: new URL("../../../workers/stage_worker.ts", import.meta.url),
      pipeline,
      naming,
      deprecated,
      openSlab: (place) => services.slabs.open(place),
      limits: services.limits,
      log: (line) => services.log(line),
      onRestart: (reason) => services.restarted(reason),
      lost: ({ from, to }, hops) => {
        lost.labels(pipeline.model, ...placeLabels(from), ...placeLabels(to)).inc(hops);
        registry.publish();
      },
      orphaned: (requests) => {
        if (requests > 0) metrics.aborted(requests);
        registry.publish();
      },
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

function placeLabels({ stage, replica }: StagePlace): [number, number] {
  return [stage, replica];
}
