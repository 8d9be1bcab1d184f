/**
 * The life of a stage's thread.
 *
 * @module
 */
import { StageLabels } from "../../../families/engine_labels.ts";
import { detectHost } from "../../../host/detect.ts";
import type { WorkerScope } from "../../../host/types.ts";
import { defaultRegistry } from "../../../registry/default_registry.ts";
import { Engine } from "../../engine/engine.ts";
import { Random } from "../../engine/random.ts";
import { defineCacheConfigInfo, EngineMetrics } from "../../metrics/engine_metrics.ts";
import { type Features, featuresOf } from "../../metrics/features.ts";
import { RequestMetrics } from "../../metrics/request_metrics.ts";
import { createTextModel } from "../../text/default_model.ts";
import { AudioStage } from "./audio_stage.ts";
import { edgeBetween, type LlmStageDescription } from "../description.ts";
import { DiffusionStage } from "./diffusion_stage.ts";
import { EngineDriver } from "./engine_driver.ts";
import { LlmStage } from "./llm_stage.ts";
import { OmniMetrics } from "../omni_metrics.ts";
import { PictureStage } from "./picture_stage.ts";
import type { Stage } from "./stage.ts";
import type { FromStage, StageStart, ToStage } from "../wire/stage_messages.ts";
import { StageRuntime } from "./stage_runtime.ts";

/** Runs a replica. To be called once, at the top level of a thread that main started. */
export async function runStageThread(): Promise<void> {
  const scope = detectHost().workerScope();
  if (scope === undefined) throw new Error("Cannot run stage: this thread was not started by a server");
  await scope.hold();
  const start = scope.data as StageStart;
  defaultRegistry.attach(start.attachment);
  const runtime = createRuntime(start, scope);
  scope.onMessage((message) => receive(runtime, message as ToStage, scope));
  scope.post({ type: "ready" } satisfies FromStage);
  // The wait for work does not keep the thread alive.
  const alive = setInterval(() => {}, 60_000);
  await runtime.run();
  clearInterval(alive);
  defaultRegistry.close();
  scope.exit(0);
}

function createRuntime(start: StageStart, scope: WorkerScope): StageRuntime {
  const { pipeline, naming, stage, replica, epoch } = start;
  const description = pipeline.stages[stage];
  const metrics = new OmniMetrics({ model: pipeline.model, naming });
  const chance = new Random(stage * 4096 + replica + epoch);
  return new StageRuntime({
    stage,
    replica,
    description,
    speedFactor: pipeline.speedFactor,
    work: createStage(start, metrics),
    metrics,
    doorbell: start.doorbell,
    publish: () => defaultRegistry.publish(),
    beat: () => {
      if (defaultRegistry.beat()) scope.exit(1);
    },
    fails: () => description.errorRate > 0 && chance.float() < description.errorRate,
  });
}

function createStage(start: StageStart, metrics: OmniMetrics): Stage {
  const { pipeline, stage, replica } = start;
  const { stages } = pipeline;
  const description = stages[stage];
  const place = [stage, replica] as const;
  const edgeFrom = (from: number) => edgeBetween(pipeline, from, stage);
  switch (description.kind) {
    case "llm":
      return createLlmStage(start, description);
    case "diffusion":
      return new DiffusionStage(description, { place, metrics, stages });
    case "audio":
      return new AudioStage(description, { place, metrics, edgeFrom });
    default:
      return new PictureStage(description, { stage, metrics });
  }
}

function createLlmStage(start: StageStart, description: LlmStageDescription): Stage {
  const { pipeline, stage, engine, naming } = start;
  const config = description.engine;
  const features = stageFeatures(description, start.deprecated);
  const engineLabels = labelsOf(start);
  const labelled = { model: pipeline.model, engine, config, features, engineLabels };
  const observer = new EngineMetrics(labelled);
  defineCacheConfigInfo(labelled);
  const source = createTextModel({ mean: config.outputTokensMean, deviation: config.outputTokensDeviation });
  return new LlmStage({
    description,
    driver: new EngineDriver(new Engine(config, { source, observer }), () => defaultRegistry.publish()),
    metrics: new RequestMetrics({
      model: pipeline.model,
      engine,
      tokensMax: config.maxModelLen,
      features,
      engineLabels,
    }),
    edgeTo: (to) => edgeBetween(pipeline, stage, to),
    edgeFrom: (from) => edgeBetween(pipeline, from, stage),
  });

  /** The one engine of this thread, under the number that it has among all. */
  function labelsOf(place: StageStart) {
    const labels = new StageLabels([], naming);
    labels.add(place);
    return { names: labels.names, valuesOf: () => labels.valuesOf(0) };
  }
}

/** The families that a stage of a pipeline can feed: its requests have no images, and nobody sends it to sleep. */
export function stageFeatures(description: LlmStageDescription, deprecated: boolean): Features {
  return { ...featuresOf(description.engine, { deprecated }), items: false, sleep: false };
}

function receive(runtime: StageRuntime, message: ToStage, scope: WorkerScope): void {
  switch (message.type) {
    case "attach":
      return runtime.attach(message);
    case "detach":
      return runtime.detach(message.slot, message.epoch);
    case "source up":
      return runtime.addSource(message.peer);
    case "source down":
      runtime.dropSource(message.peer);
      return scope.post({ type: "drained", peer: message.peer } satisfies FromStage);
    case "target up":
      return runtime.addTarget(message.peer);
    case "target down":
      runtime.dropTarget(message.peer);
      return scope.post({ type: "let go", peer: message.peer } satisfies FromStage);
    case "stop":
      return runtime.stop();
  }
}
