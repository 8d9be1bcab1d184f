/**
 * What a pipeline is, as its JSON file says it, once it has been completed and checked.
 *
 * @module
 */
import type { EngineConfig } from "../engine/engine_config.ts";

/** What stages can be. */
export const STAGE_KINDS = ["llm", "diffusion", "audio", "image", "video"] as const;
/** One of {@linkcode STAGE_KINDS}. */
export type StageKind = typeof STAGE_KINDS[number];

/** What all stages have. */
interface StageBase {
  /** Unique in its pipeline. */
  readonly name: string;
  /** Threads of this stage when the server starts. */
  readonly replicas: number;
  /** Requests that a replica works on at once; further ones wait in front of it. */
  readonly concurrency: number;
  /** The chance that a request fails here, 0 to 1. */
  readonly errorRate: number;
}

/** A stage with an embedded engine: tokens in, tokens out. */
export interface LlmStageDescription extends StageBase {
  readonly kind: "llm";
  readonly engine: EngineConfig;
  /** New tokens for each token that the stage before it handed over. The first stage follows the client's limit. */
  readonly outputRatio: number;
  /** New tokens that are handed on together. */
  readonly chunkTokens: number;
}

/** A stage that denoises: tokens in, latents out. All times are milliseconds. */
export interface DiffusionStageDescription extends StageBase {
  readonly kind: "diffusion";
  /** Denoising steps, unless the request says how many. */
  readonly steps: number;
  readonly stepMs: number;
  readonly preprocessMs: number;
  readonly postprocessMs: number;
}

/** A stage that speaks: tokens in, 16-bit mono samples out. */
export interface AudioStageDescription extends StageBase {
  readonly kind: "audio";
  /** Frames of a second of audio. */
  readonly sampleRate: number;
  /** Frames for each token. */
  readonly framesPerToken: number;
  readonly tokenMs: number;
}

/** A stage that decodes latents: PNG images out. */
export interface ImageStageDescription extends StageBase {
  readonly kind: "image";
  /** Pixels of a side, unless the request says how many. */
  readonly width: number;
  readonly height: number;
  readonly decodeMs: number;
}

/** A stage that decodes latents: animated PNG out. */
export interface VideoStageDescription extends StageBase {
  readonly kind: "video";
  readonly width: number;
  readonly height: number;
  /** Pictures of a video, and of a second of it. */
  readonly frames: number;
  readonly framesPerSecond: number;
  readonly decodeMs: number;
}

/** A stage. */
export type StageDescription =
  | LlmStageDescription
  | DiffusionStageDescription
  | AudioStageDescription
  | ImageStageDescription
  | VideoStageDescription;

/** A connection of two stages: each pair of their replicas has a ring. */
export interface EdgeDescription {
  /** Positions of the stages. */
  readonly from: number;
  readonly to: number;
  /** Room of each ring, a power of two. */
  readonly ringKiB: number;
  /** Bytes that stand for one token: its hidden state. At least 4. */
  readonly bytesPerToken: number;
}

/** What clients can ask for, each with the path that it takes. */
export const ROUTES = ["text", "audio", "speech", "image", "video"] as const;
/** One of {@linkcode ROUTES}. */
export type RouteName = typeof ROUTES[number];

/** A whole pipeline. It can be sent between threads. */
export interface PipelineDescription {
  readonly model: string;
  /** Time runs this many times faster than the timings say. */
  readonly speedFactor: number;
  readonly stages: readonly StageDescription[];
  readonly edges: readonly EdgeDescription[];
  /** Positions of stages, in the order in which a request passes them. */
  readonly routes: Readonly<Partial<Record<RouteName, readonly number[]>>>;
}

/** The connection of two stages. @throws {RangeError} If there is none */
export function edgeBetween(pipeline: PipelineDescription, from: number, to: number): EdgeDescription {
  const edge = pipeline.edges.find((edge) => edge.from === from && edge.to === to);
  if (edge === undefined) throw new RangeError(`Cannot find edge from stage ${from} to ${to}: there is none`);
  return edge;
}
