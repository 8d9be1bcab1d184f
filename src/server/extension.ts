/**
 * What may live beside the workers of a server: threads of its own that write metrics and talk with the workers.
 *
 * @module
 */
// CONTROL PLANE
import type { RestartReason } from "../collect/self_metrics.ts";
import type { Host, WorkerEnd } from "../host/types.ts";
import type { FamilySamples } from "../model/samples.ts";
import type { SlabKeeper } from "./workers/worker_slabs.ts";

/** The first slot of an extension's threads: beyond those of any worker. It labels what is told of such a thread. */
export const EXTENSION_SLOT_FIRST = 4096;

/** What a server offers to its extension. Main thread only. */
export interface ExtensionServices {
  readonly host: Host;
  /** Gives further threads their memory; what they write there is part of every scrape. */
  readonly slabs: SlabKeeper;
  /** Runs a function over the families as they are now, when no scrape is under way. */
  gather<T>(run: (families: Iterable<FamilySamples>) => T): Promise<T>;
  /** Writes a line to the server's log. */
  log(line: string): void;
  /** What holds for the server's workers, and so for threads of the extension. */
  readonly limits: ThreadLimits;
  /** Counts a thread of the extension that ended and is replaced. */
  restarted(reason: RestartReason): void;
}

/** How long a thread may keep others waiting. */
export interface ThreadLimits {
  /** After how many seconds without a heartbeat it is replaced; 0 for never. */
  readonly hangSeconds: number;
  /** The most seconds that its start may take. */
  readonly startSeconds: number;
}

/** An incarnation of a worker, as the extension sees it. Main thread only. */
export interface WorkerLink {
  readonly slot: number;
  readonly epoch: number;
  /** Sends a message to the handler module's `start()`; those that come before it listens are not lost. */
  post(message: unknown): void;
  /** Ends the worker at once; the server replaces it. */
  terminate(reason: string): void;
  /** Resolves when the worker has ended, for whatever reason. Its last stores may come a moment later. */
  readonly ended: Promise<WorkerEnd>;
  /** The memory that it writes its metrics to. */
  readonly slab: SharedArrayBuffer;
  /** Whether it has ended and writes no more. */
  isFolded(): boolean;
}

/** Threads and services that start before the workers and end after them. Main thread only. */
export interface ServerExtension {
  /** Starts it. The workers wait; if it fails, the server does not start. */
  start(services: ExtensionServices): Promise<void>;
  /** An incarnation of a worker was started. */
  workerStarted?(worker: WorkerLink): void;
  /** Ends it: all workers have ended. */
  stop(): Promise<void>;
}

/** What a handler module's `start()` is told. Worker thread only. */
export interface HandlerScope {
  /** The worker's slot, from 0. */
  readonly worker: number;
  /** Its incarnation of the slot, from 1. */
  readonly epoch: number;
  /** The option `handlerData` of `serve()`. */
  readonly data: unknown;
  /** Names the one function that gets the extension's messages. */
  onMessage(listener: (message: unknown) => void): void;
}
