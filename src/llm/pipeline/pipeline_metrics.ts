/**
 * What an API worker counts of a pipeline's requests: each worker its own, so they add up.
 *
 * @module
 */
import type { StagePlace } from "../../families/engine_labels.ts";
import { OMNI_EARLIER_COUNTERS, OMNI_FAMILIES } from "../../families/omni.ts";
import { FINISH, FINISH_REASONS } from "../engine/sequence.ts";
import type { CounterChild } from "../../metric/counter.ts";
import type { PipelineDescription } from "./description.ts";
import { OmniMetrics, type OmniOptions } from "./omni_metrics.ts";

/** How long a player may run dry before its listener minds. */
const CONTINUITY_MS = 100;

/** Why a request failed. */
export type FailureReason = "stage_error" | "replica_lost";

/** The reasons that a pipeline's request can end for. */
const REASONS = [FINISH.STOP, FINISH.LENGTH, FINISH.ABORT, FINISH.ERROR];

/** What the client's side of a request measured, value by value as it went into the histograms. */
export interface RequestTrace {
  readonly queueWaitSeconds?: number;
  readonly totalSeconds?: number;
  readonly audioFirstSeconds?: number;
  readonly audioUnderrunSeconds?: number;
  readonly imageFirstSeconds?: number;
}

/** The families of one worker. Owner thread only; making it makes all series that are not a replica's, at zero. */
export class PipelineMetrics {
  readonly #omni: OmniMetrics;
  readonly #running;
  readonly #waiting;
  readonly #ends: ReadonlyMap<number, CounterChild>;
  readonly #failures;
  readonly #earlier;
  readonly #total;
  readonly #queueWait;
  readonly #tokens;

  constructor(pipeline: PipelineDescription, options: Omit<OmniOptions, "model">) {
    const omni = this.#omni = new OmniMetrics({ ...options, model: pipeline.model });
    this.#running = omni.gauge(OMNI_FAMILIES.numRequestsRunning);
    this.#waiting = omni.gauge(OMNI_FAMILIES.numRequestsWaiting);
    this.#ends = new Map(
      REASONS.map((reason) => [
        reason,
        omni.counter(OMNI_FAMILIES.requestsSuccessTotal, FINISH_REASONS[reason]),
      ]),
    );
    const failure = (reason: FailureReason) => omni.counter(OMNI_FAMILIES.requestsFailedTotal, reason);
    this.#failures = { stage_error: failure("stage_error"), replica_lost: failure("replica_lost") };
    this.#total = omni.histogram(OMNI_FAMILIES.e2eRequestLatency);
    this.#queueWait = omni.histogram(OMNI_FAMILIES.requestQueueWait);
    this.#tokens = {
      prompt: omni.counter(OMNI_FAMILIES.promptTokensTotal),
      generation: omni.counter(OMNI_FAMILIES.generationTokensTotal),
    };
    this.#earlier = options.naming.aliases
      ? {
        success: omni.counter(OMNI_EARLIER_COUNTERS.success),
        fail: omni.counter(OMNI_EARLIER_COUNTERS.fail),
      }
      : undefined;
    this.#running.set(0);
    this.#waiting.set(0);
  }

  /** Makes the series that a replica has at the worker, at zero. */
  replica(pipeline: PipelineDescription, { stage, replica }: StagePlace): void {
    const { kind } = pipeline.stages[stage];
    if (kind === "audio") this.#audio({ stage, replica });
    if (kind === "image") this.#omni.histogram(OMNI_FAMILIES.imageTtfp, stage);
  }

  /** How many of this worker's requests wait and run. */
  state(waiting: number, running: number): void {
    this.#waiting.set(waiting);
    this.#running.set(running);
  }

  /** The first stage began with a request. */
  accepted(seconds: number): void {
    this.#queueWait.observe(seconds);
  }

  /** A request ended by itself. */
  finished(
    reason: number,
    request: { seconds: number; promptTokens: number; generatedTokens: number },
  ): void {
    this.#count(reason);
    this.#total.observe(request.seconds);
    if (request.promptTokens > 0) this.#tokens.prompt.inc(request.promptTokens);
    if (request.generatedTokens > 0) this.#tokens.generation.inc(request.generatedTokens);
  }

  /** A client left. */
  aborted(count = 1): void {
    this.#count(FINISH.ABORT, count);
  }

  /** A request failed. It is counted once, and no latency of it. */
  failed(reason: FailureReason): void {
    this.#count(FINISH.ERROR);
    this.#failures[reason].inc();
  }

  /** A stream's first packet of audio came. */
  firstAudio(place: StagePlace, seconds: number): void {
    this.#audio(place).first.observe(seconds);
  }

  /** A stream of audio ended. */
  audioEnded(place: StagePlace, underrunSeconds: number): void {
    const { underrun, ok } = this.#audio(place);
    underrun.observe(underrunSeconds);
    if (underrunSeconds * 1000 < CONTINUITY_MS) ok.inc();
  }

  /** A request's first image came. */
  firstImage({ stage }: StagePlace, seconds: number): void {
    this.#omni.histogram(OMNI_FAMILIES.imageTtfp, stage).observe(seconds);
  }

  #count(reason: number, count = 1): void {
    this.#ends.get(reason)!.inc(count);
    const natural = reason === FINISH.STOP || reason === FINISH.LENGTH;
    this.#earlier?.[natural ? "success" : "fail"].inc(count);
  }

  #audio({ stage, replica }: StagePlace) {
    return {
      first: this.#omni.histogram(OMNI_FAMILIES.audioTtfp, stage, replica),
      underrun: this.#omni.histogram(OMNI_FAMILIES.audioUnderrun, stage, replica),
      ok: this.#omni.counter(OMNI_FAMILIES.audioContinuityOkTotal, stage, replica, CONTINUITY_MS),
    };
  }
}
