/**
 * What travels with a request through a pipeline, and what its stages report of it.
 *
 * @module
 */
import type { StagePlace } from "../../../families/engine_labels.ts";

/** What a request says of images and videos. */
export interface MediaWish {
  readonly width?: number;
  readonly height?: number;
  readonly steps?: number;
  /** Images, or pictures of a video. */
  readonly count: number;
}

/** A replica's incarnation. */
export interface BoundPlace extends StagePlace {
  readonly epoch: number;
}

/** A request: whom it passes, and what is wanted. Every stage sees the same one. */
export interface Ticket {
  /** The replicas that it is bound to, in the order in which it passes them. */
  readonly path: readonly BoundPlace[];
  /** When it came, on the shared clock. */
  readonly arrivalMs: number;
  /** The position in the path whose tokens the client gets; -1 for none. */
  readonly textStep: number;
  /** New tokens at most of the first stage. */
  readonly maxTokens: number;
  /** Whether `maxTokens` is the client's own wish. */
  readonly limited: boolean;
  readonly ignoreEos: boolean;
  readonly seed: number;
  readonly media?: MediaWish;
  /** Whether the reports tell of every hop. */
  readonly traced: boolean;
}

/** What a worker hands to the first stage. */
export interface Submission {
  readonly ticket: Ticket;
  readonly prompt: readonly number[];
}

/** One hop, as its two ends saw it. */
export interface HopTrace extends StagePlace {
  /** Of the sender; `stage` and `replica` are the other end. */
  readonly bytes?: number;
  readonly txSeconds?: number;
  /** Of the receiver. */
  readonly rxSeconds?: number;
  readonly inFlightSeconds?: number;
}

/** What a stage measured of a request, value by value as it went into the histograms. */
export interface StageReport extends StagePlace {
  readonly promptTokens: number;
  readonly generatedTokens: number;
  /** A position in FINISH_REASONS. */
  readonly finish: number;
  readonly queuedSeconds: number;
  readonly generationSeconds: number;
  readonly audio?: { readonly frames: number; readonly seconds: number; readonly realTimeFactor: number };
  readonly diffusion?: {
    readonly steps: readonly number[];
    readonly preprocessSeconds: number;
    readonly forwardSeconds: number;
    readonly postprocessSeconds: number;
  };
  readonly decodes?: readonly number[];
  readonly images?: { readonly count: number; readonly pixels: number };
  /** If the ticket is traced. */
  readonly sent?: readonly HopTrace[];
  readonly received?: readonly HopTrace[];
}

/** What media bytes are. */
export interface DataHead {
  readonly type: "pcm" | "png" | "apng";
  /** Position among the request's images. */
  readonly index: number;
  /** Whether further parts of the same image follow. */
  readonly more: boolean;
  readonly sampleRate?: number;
}
