/**
 * A stage that denoises: what it is given conditions latents, which it hands on picture by picture.
 *
 * @module
 */
import { OMNI_FAMILIES } from "../../../families/omni.ts";
import { Random } from "../../engine/random.ts";
import { FINISH } from "../../engine/sequence.ts";
import type { DiffusionStageDescription, StageDescription } from "../description.ts";
import type { Job } from "./job.ts";
import { latentBytes } from "../wire/latents.ts";
import type { OmniMetrics } from "../omni_metrics.ts";
import type { Stage, StageResult } from "./stage.ts";
import type { StageReport } from "../wire/ticket.ts";

/** Tokens in, latents out. Owner thread only. */
export class DiffusionStage implements Stage {
  readonly #description: DiffusionStageDescription;
  readonly #stages: readonly StageDescription[];
  readonly #series;

  constructor(
    description: DiffusionStageDescription,
    parts: {
      place: readonly [number, number];
      metrics: OmniMetrics;
      stages: readonly StageDescription[];
    },
  ) {
    this.#description = description;
    this.#stages = parts.stages;
    const { metrics, place } = parts;
    const [stage] = place;
    this.#series = {
      exec: metrics.histogram(OMNI_FAMILIES.diffusionExec, ...place),
      perStep: metrics.histogram(OMNI_FAMILIES.diffusionExecPerStep, ...place),
      preprocess: metrics.histogram(OMNI_FAMILIES.diffusionPreprocess, ...place),
      postprocess: metrics.histogram(OMNI_FAMILIES.diffusionPostprocess, ...place),
      steps: metrics.histogram(OMNI_FAMILIES.numInferenceSteps, stage),
      forward: metrics.histogram(OMNI_FAMILIES.diffusionForward, stage),
      step: metrics.histogram(OMNI_FAMILIES.denoiseStepLatency, stage),
    };
  }

  async run(job: Job): Promise<StageResult> {
    let promptTokens = 0;
    for await (const { units } of job.input()) promptTokens += units;
    const { stepMs, preprocessMs, postprocessMs } = this.#description;
    const preprocessSeconds = await job.work(preprocessMs);
    const steps: number[] = [];
    const count = job.ticket.media?.steps ?? this.#description.steps;
    for (let i = 0; i < count; i++) steps.push(await job.work(stepMs));
    const postprocessSeconds = await job.work(postprocessMs);
    const pictures = job.ticket.media?.count ?? 1;
    const bytes = latentBytes(this.#stages[job.ticket.path[job.step + 1].stage], job.ticket.media);
    const random = new Random(job.ticket.seed);
    for (let i = 0; i < pictures; i++) {
      const latents = new Uint8Array(bytes);
      for (let at = 0; at < bytes; at++) latents[at] = random.below(256);
      await job.forward({ bytes: latents, units: 1 }, i + 1 === pictures);
    }
    const forwardSeconds = steps.reduce((sum, seconds) => sum + seconds, 0);
    return {
      promptTokens,
      generatedTokens: 0,
      finish: FINISH.STOP,
      diffusion: { steps, preprocessSeconds, forwardSeconds, postprocessSeconds },
    };
  }

  record({ diffusion }: StageReport): void {
    if (diffusion === undefined) return;
    const { steps, preprocessSeconds, forwardSeconds, postprocessSeconds } = diffusion;
    this.#series.exec.observe(forwardSeconds);
    this.#series.forward.observe(forwardSeconds);
    this.#series.perStep.observe(forwardSeconds / steps.length);
    this.#series.preprocess.observe(preprocessSeconds);
    this.#series.postprocess.observe(postprocessSeconds);
    this.#series.steps.observe(steps.length);
    for (const seconds of steps) this.#series.step.observe(seconds);
  }
}
