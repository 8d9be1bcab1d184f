/**
 * What main, stage threads and API workers tell each other by message: only who is there and through which memory
 * they talk.
 *
 * @module
 */
import type { StagePlace } from "../../../families/engine_labels.ts";
import type { OmniNaming } from "../../../families/omni.ts";
import type { Attachment } from "../../../registry/registry.ts";
import type { AboutWorkers, Channel } from "../../replica/channel.ts";
import type { PipelineDescription } from "../description.ts";
import type { EdgePeer } from "./edges.ts";
import type { BoundPlace } from "./ticket.ts";

/** What a stage thread has before its first line runs. */
export interface StageStart extends BoundPlace {
  readonly pipeline: PipelineDescription;
  readonly naming: OmniNaming;
  /** Whether the engines' earlier families are exposed. */
  readonly deprecated: boolean;
  /** The number of its engine among all of the pipeline. */
  readonly engine: number;
  readonly attachment: Attachment;
  readonly doorbell: SharedArrayBuffer;
}

/** From main to a stage thread. */
export type ToStage =
  | AboutWorkers
  | { readonly type: "source up"; readonly peer: EdgePeer }
  | { readonly type: "source down"; readonly peer: BoundPlace }
  | { readonly type: "target up"; readonly peer: EdgePeer }
  | { readonly type: "target down"; readonly peer: BoundPlace }
  | { readonly type: "stop" };

/** From a stage thread to main. */
export type FromStage =
  | { readonly type: "ready" }
  /** Nothing more will be written to a replica that is gone. */
  | { readonly type: "let go"; readonly peer: BoundPlace }
  /** All that a replica had sent before it went was taken. */
  | { readonly type: "drained"; readonly peer: BoundPlace };

/** A replica as a worker reaches it. */
export interface StageAddress extends BoundPlace {
  readonly channel: Channel;
  readonly doorbell: SharedArrayBuffer;
  /** What this worker has bound to it, for main to see. */
  readonly bindings: SharedArrayBuffer;
}

/** From main to an API worker. */
export type ToPipelineWorker =
  /** The first message: by which memory stages wake the worker, where it says what it has open, and how many replicas there are. */
  | {
    readonly type: "doorbell";
    readonly doorbell: SharedArrayBuffer;
    readonly open: SharedArrayBuffer;
    readonly replicas: number;
  }
  | { readonly type: "replica up"; readonly address: StageAddress }
  /** No further request is to be bound to it. */
  | { readonly type: "replica leaving"; readonly place: BoundPlace }
  | { readonly type: "replica down"; readonly place: BoundPlace };

/** The words of {@linkcode StageAddress.bindings}. */
export const BINDING = { bound: 0, leavingSeen: 1, count: 2 } as const;

/** Whether two name the same incarnation. */
export function isSame(a: BoundPlace, b: BoundPlace): boolean {
  return isPlace(a, b) && a.epoch === b.epoch;
}

/** Whether two name the same replica, of whatever incarnation. */
export function isPlace(a: StagePlace, b: StagePlace): boolean {
  return a.stage === b.stage && a.replica === b.replica;
}

/** A key for what is kept by place. */
export function placeKey({ stage, replica }: StagePlace): string {
  return `${stage}.${replica}`;
}
