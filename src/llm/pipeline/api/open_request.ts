/**
 * A request that an API worker has sent into the pipeline, until it has ended.
 *
 * @module
 */
import { FINISH } from "../../engine/sequence.ts";
import type { BoundReplica } from "./bound_replica.ts";
import type { FailureReason, PipelineMetrics, RequestTrace } from "../pipeline_metrics.ts";
import { Playback } from "./playback.ts";
import { sharedNowMs } from "../wire/shared_clock.ts";
import type { BoundPlace, DataHead, MediaWish, StageReport, Submission } from "../wire/ticket.ts";

const SAMPLE_BYTES = 2;

/** What a client wants. */
export interface RequestWish {
  readonly prompt: readonly number[];
  readonly maxTokens: number;
  readonly limited: boolean;
  readonly ignoreEos: boolean;
  readonly seed: number;
  /** The position in the route whose tokens are wanted; -1 for none. */
  readonly textStep: number;
  readonly media?: MediaWish;
  readonly traced: boolean;
  /** Whether the client gets media as they come: then it could run dry. */
  readonly streamed: boolean;
  /** When it came, on the shared clock. */
  readonly arrivalMs: number;
  /** Requests of one key are bound to the same replicas, as long as they live. */
  readonly routingKey?: string;
  /** New tokens of the text stage. */
  onTokens?(tokens: Int32Array): void;
  /** Media, in order. */
  onData?(bytes: Uint8Array<ArrayBuffer>, head: DataHead): void;
}

/** How a request ended. */
export interface RequestOutcome {
  /** A position in FINISH_REASONS. */
  readonly finish: number;
  /** Of all its stages in the order of their ends, if it ended by itself. */
  readonly reports: readonly StageReport[];
  /** Tokens of the text that the client gets; 0 if it gets none, or if the request did not end by itself. */
  readonly textTokens: number;
  readonly trace: RequestTrace;
  readonly failure?: { readonly reason: FailureReason; readonly what: string | undefined };
}

/** One request. Owner thread only. */
export class OpenRequest {
  readonly id: number;
  readonly path: readonly BoundReplica[];
  readonly reports: StageReport[] = [];
  /** What was measured on the client's side so far. */
  trace: RequestTrace = {};
  isAccepted = false;
  readonly #wish: RequestWish;
  readonly #outcome = Promise.withResolvers<RequestOutcome>();
  readonly #done = new Set<BoundReplica>();
  #playback: { readonly of: Playback; readonly place: BoundPlace } | undefined;

  constructor(id: number, path: readonly BoundReplica[], wish: RequestWish) {
    this.id = id;
    this.path = path;
    this.#wish = wish;
  }

  /** When it came, on the shared clock. */
  get arrivalMs(): number {
    return this.#wish.arrivalMs;
  }

  /** Resolves with how it ended. */
  get ended(): Promise<RequestOutcome> {
    return this.#outcome.promise;
  }

  /** Whether all of its stages have reported. */
  get isComplete(): boolean {
    return this.#done.size === this.path.length;
  }

  /** What the first stage gets. */
  submission(): Submission {
    const { prompt, arrivalMs, maxTokens, limited, ignoreEos, seed, textStep, media, traced } = this.#wish;
    const path = this.path.map(({ place }) => place);
    return {
      ticket: { path, arrivalMs, textStep, maxTokens, limited, ignoreEos, seed, media, traced },
      prompt,
    };
  }

  /** Whether a replica has a part in it that it has not ended. */
  needs(replica: BoundReplica): boolean {
    return this.path.includes(replica) && !this.#done.has(replica);
  }

  /** The first stage began with it. */
  accepted(queueWaitSeconds: number): void {
    this.isAccepted = true;
    this.trace = { ...this.trace, queueWaitSeconds };
  }

  /** The text stage has new tokens. */
  tokens(tokens: Int32Array): void {
    this.#wish.onTokens?.(tokens);
  }

  /** The last stage has media. */
  data(
    bytes: Uint8Array<ArrayBuffer>,
    head: DataHead,
    from: { place: BoundPlace; metrics: PipelineMetrics },
  ): void {
    const seconds = Math.max(0, (sharedNowMs() - this.arrivalMs) / 1000);
    if (head.type === "png" && this.trace.imageFirstSeconds === undefined) {
      from.metrics.firstImage(from.place, seconds);
      this.trace = { ...this.trace, imageFirstSeconds: seconds };
    }
    if (head.type === "pcm" && this.#wish.streamed) {
      if (this.#playback === undefined) {
        this.#playback = { of: new Playback(), place: from.place };
        from.metrics.firstAudio(from.place, seconds);
        this.trace = { ...this.trace, audioFirstSeconds: seconds };
      }
      this.#playback.of.packet(performance.now(), bytes.length / SAMPLE_BYTES / head.sampleRate! * 1000);
    }
    this.#wish.onData?.(bytes, head);
  }

  /** A stage has ended its part. */
  reported(replica: BoundReplica, report: StageReport): void {
    this.#done.add(replica);
    this.reports.push(report);
  }

  /** What it took over all stages. The reason and the text's tokens are those of the stage whose text the client gets. */
  totals(): { promptTokens: number; generatedTokens: number; textTokens: number; finish: number } {
    const text = this.path[this.#wish.textStep];
    const said = this.reports.find(({ stage }) => stage === text?.stage);
    return {
      promptTokens: this.reports.reduce((sum, { promptTokens }) => sum + promptTokens, 0),
      generatedTokens: this.reports.reduce((sum, { generatedTokens }) => sum + generatedTokens, 0),
      textTokens: said?.generatedTokens ?? 0,
      finish: said?.finish ?? FINISH.STOP,
    };
  }

  /** The stream of audio, if there was one, has ended. */
  stopPlayback(metrics: PipelineMetrics): void {
    if (this.#playback === undefined) return;
    const { of: { underrunSeconds }, place } = this.#playback;
    metrics.audioEnded(place, underrunSeconds);
    this.trace = { ...this.trace, audioUnderrunSeconds: underrunSeconds };
  }

  /** Tells who waits. */
  end(outcome: RequestOutcome): void {
    this.#outcome.resolve(outcome);
  }
}
