/**
 * Stages that decode latents: single images as PNG, videos as animated PNG.
 *
 * @module
 */
import { OMNI_FAMILIES } from "../../../families/omni.ts";
import { FINISH } from "../../engine/sequence.ts";
import type { ImageStageDescription, VideoStageDescription } from "../description.ts";
import type { Job } from "./job.ts";
import { decodeLatents, pictureSize } from "../wire/latents.ts";
import { MESSAGE } from "../wire/message.ts";
import type { OmniMetrics } from "../omni_metrics.ts";
import { encodePng } from "../media/png.ts";
import type { Stage, StageResult } from "./stage.ts";
import type { StageReport } from "../wire/ticket.ts";

/** Latents in, pictures out. Owner thread only. */
export class PictureStage implements Stage {
  readonly #description: ImageStageDescription | VideoStageDescription;
  readonly #decode;
  readonly #images;

  constructor(
    description: ImageStageDescription | VideoStageDescription,
    parts: { stage: number; metrics: OmniMetrics },
  ) {
    const { stage, metrics } = parts;
    this.#description = description;
    this.#decode = metrics.histogram(OMNI_FAMILIES.vaeDecode, stage);
    this.#images = description.kind === "image"
      ? {
        count: metrics.counter(OMNI_FAMILIES.imageCountTotal, stage),
        pixels: metrics.counter(OMNI_FAMILIES.imagePixelsTotal, stage),
      }
      : undefined;
  }

  run(job: Job): Promise<StageResult> {
    return this.#description.kind === "image" ? this.#runImages(job) : this.#runVideo(job);
  }

  record({ decodes = [], images }: StageReport): void {
    for (const seconds of decodes) this.#decode.observe(seconds);
    if (images === undefined) return;
    this.#images?.count.inc(images.count);
    this.#images?.pixels.inc(images.pixels);
  }

  async #runImages(job: Job): Promise<StageResult> {
    const size = pictureSize(this.#description, job.ticket.media);
    const decodes: number[] = [];
    for await (const { bytes } of job.input()) {
      decodes.push(await job.work(this.#description.decodeMs));
      const png = await encodePng([decodeLatents(bytes, size)], size);
      await job.deliver(MESSAGE.DATA, png, { type: "png", index: decodes.length - 1 });
    }
    const images = { count: decodes.length, pixels: decodes.length * size.width * size.height };
    return { promptTokens: 0, generatedTokens: 0, finish: FINISH.STOP, decodes, images };
  }

  async #runVideo(job: Job): Promise<StageResult> {
    const size = pictureSize(this.#description, job.ticket.media);
    const pictures: Uint8Array<ArrayBuffer>[] = [];
    for await (const { bytes } of job.input()) pictures.push(decodeLatents(bytes, size));
    const decodes = [await job.work(this.#description.decodeMs)];
    const { framesPerSecond } = this.#description as VideoStageDescription;
    const video = await encodePng(pictures, { ...size, framesPerSecond });
    await job.deliver(MESSAGE.DATA, video, { type: "apng", index: 0 });
    return { promptTokens: 0, generatedTokens: 0, finish: FINISH.STOP, decodes };
  }
}
