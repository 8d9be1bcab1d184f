/**
 * A stage that speaks: the packets of a request follow its tokens.
 *
 * @module
 */
import { OMNI_FAMILIES } from "../../../families/omni.ts";
import { FINISH } from "../../engine/sequence.ts";
import type { AudioStageDescription, EdgeDescription } from "../description.ts";
import type { Job } from "./job.ts";
import { MESSAGE } from "../wire/message.ts";
import type { OmniMetrics } from "../omni_metrics.ts";
import { sharedNowMs } from "../wire/shared_clock.ts";
import type { Stage, StageResult } from "./stage.ts";
import type { StageReport } from "../wire/ticket.ts";
import { unpackTokens } from "../wire/token_payload.ts";

/** The loudest a frame is. */
const AMPLITUDE = 8000;
/** The lowest and the highest tone. */
const TONE_HZ = { min: 110, steps: 36 } as const;

/** Tokens in, 16-bit mono samples out. Owner thread only. */
export class AudioStage implements Stage {
  readonly #description: AudioStageDescription;
  readonly #edgeFrom: (stage: number) => EdgeDescription;
  readonly #duration;
  readonly #realTimeFactor;
  readonly #frames;
  readonly #skipped;

  constructor(
    description: AudioStageDescription,
    parts: {
      place: readonly [number, number];
      metrics: OmniMetrics;
      edgeFrom: (stage: number) => EdgeDescription;
    },
  ) {
    this.#description = description;
    this.#edgeFrom = parts.edgeFrom;
    const { metrics, place } = parts;
    this.#duration = metrics.histogram(OMNI_FAMILIES.audioDuration, ...place);
    this.#realTimeFactor = metrics.histogram(OMNI_FAMILIES.audioRtf, ...place);
    this.#frames = metrics.counter(OMNI_FAMILIES.audioFramesTotal, ...place);
    this.#skipped = metrics.counter(OMNI_FAMILIES.audioSkippedRequestsTotal, ...place, "no_audio_data");
  }

  async run(job: Job): Promise<StageResult> {
    const { sampleRate, framesPerToken, tokenMs } = this.#description;
    const { bytesPerToken } = this.#edgeFrom(job.ticket.path[job.step - 1].stage);
    let tokens = 0;
    let phase = 0;
    for await (const chunk of job.input()) {
      await job.work(chunk.units * tokenMs);
      tokens += chunk.units;
      const samples = new Int16Array(chunk.units * framesPerToken);
      // A request that asks for no audio at all gets none, but is worked on.
      if (job.ticket.media?.count === 0) continue;
      for (const [i, token] of unpackTokens(chunk.bytes, bytesPerToken).entries()) {
        const hertz = TONE_HZ.min * 2 ** (token % TONE_HZ.steps / 12);
        for (let frame = i * framesPerToken; frame < (i + 1) * framesPerToken; frame++) {
          phase += hertz / sampleRate;
          samples[frame] = Math.round(AMPLITUDE * Math.sin(2 * Math.PI * phase));
        }
      }
      await job.deliver(MESSAGE.DATA, new Uint8Array(samples.buffer), { type: "pcm", index: 0, sampleRate });
    }
    const frames = job.ticket.media?.count === 0 ? 0 : tokens * framesPerToken;
    const seconds = frames / sampleRate;
    const generationSeconds = (sharedNowMs() - job.startedMs) / 1000;
    const realTimeFactor = seconds > 0 ? generationSeconds / seconds : 0;
    return {
      promptTokens: tokens,
      generatedTokens: 0,
      finish: FINISH.STOP,
      audio: { frames, seconds, realTimeFactor },
    };
  }

  record({ audio }: StageReport): void {
    if (audio === undefined) return;
    if (audio.frames === 0) return this.#skipped.inc();
    this.#frames.inc(audio.frames);
    this.#duration.observe(audio.seconds);
    this.#realTimeFactor.observe(audio.realTimeFactor);
  }
}
