/**
 * Workers that record, and someone who scrapes them all: what is measured of every multi-worker solution.
 *
 * @module
 */
import type { Kind } from "./families.ts";

/** An exposition as a response would send it. */
export type Chunks = readonly Uint8Array[];

/** What each worker of a fleet holds. */
export interface FleetPlan {
  readonly kind: Kind;
  readonly series: number;
  readonly workers: number;
}

/** What can be asked of a worker. */
export type WorkerCall =
  /** Change every `value`-th series; answers by how much the recorded sum has grown. */
  | "touch"
  /** Answer at once, then compute without a break for `value` milliseconds. */
  | "hang"
  /** Begin or end to watch the event loop; the end answers the longest gap in milliseconds. */
  | "watch"
  | "watched"
  /** Begin or end to count the bytes of the messages that the library sends; the end answers them. */
  | "count"
  | "counted";

/** A running fleet. */
export interface Fleet {
  /** Folders below `/proc` of the threads in which workers run; empty where there are none. */
  tasks(): string[];
  ask(worker: number, call: WorkerCall, value?: number): Promise<number>;
  /** The merged exposition of all workers. */
  scrape(): Promise<Chunks> | Chunks;
  /** Ends a worker without warning, and resolves when it is gone. */
  end(worker: number): Promise<void>;
  /** Starts a worker in a slot whose worker has ended. */
  start(worker: number): Promise<void>;
  stop(): Promise<void>;
}
