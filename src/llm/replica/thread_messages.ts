/**
 * What main, engine threads and API workers tell each other by message: only who is there and through which memory
 * they talk. Requests and tokens go through that memory.
 *
 * @module
 */
import type { Attachment } from "../../registry/registry.ts";
import type { EngineConfig } from "../engine/engine_config.ts";
import type { Features } from "../metrics/features.ts";
import type { EngineAddress } from "../client/ring_engine_client.ts";
import type { AboutWorkers } from "./channel.ts";

/** Where an engine's text comes from. */
export type TextMode = "random" | "echo";

/** What all replicas of a server have in common. */
export interface ReplicaCommon {
  readonly config: EngineConfig;
  /** The first served model name. */
  readonly model: string;
  readonly adapters: readonly string[];
  readonly features: Features;
  readonly mode: TextMode;
}

/** What an engine thread has before its first line runs. */
export interface EngineStart extends ReplicaCommon {
  /** The replica's number. */
  readonly engine: number;
  /** Its incarnation, from 1. */
  readonly epoch: number;
  /** The slab that it writes its metrics to. */
  readonly attachment: Attachment;
  readonly doorbell: SharedArrayBuffer;
  readonly status: SharedArrayBuffer;
}

/** From main to an engine thread. */
export type ToEngine =
  | AboutWorkers
  /** End. */
  | { readonly type: "stop" };

/** From an engine thread to main: it runs. */
export interface FromEngine {
  readonly type: "ready";
}

/** From main to an API worker. */
export type ToApiWorker =
  /** The first message: the memory by which engines wake the worker. */
  | { readonly type: "doorbell"; readonly doorbell: SharedArrayBuffer }
  | { readonly type: "engine up"; readonly address: EngineAddress }
  | { readonly type: "engine down"; readonly engine: number; readonly epoch: number };
