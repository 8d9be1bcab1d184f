/**
 * The memory through which one API worker and one engine, or one replica of a stage, talk.
 *
 * @module
 */
import { Doorbell } from "../../slab/doorbell.ts";
import { createFrameRing, FrameReader } from "../../slab/frame_ring.ts";
import { FrameQueue } from "./frame_queue.ts";

/** Words of a ring: 1 MiB. A frame that is larger than all of it can never be sent, so prompts have room. */
const RING_WORDS = 2 ** 18;

/** Both directions between one incarnation of a worker and one of an engine or a stage's replica. All of it can be sent between threads. */
export interface Channel {
  /** The worker writes requests, the other side reads them. */
  readonly requests: SharedArrayBuffer;
  /** The other side writes outputs, the worker reads them. */
  readonly outputs: SharedArrayBuffer;
}

/** Reserves a channel. Main thread, when both ends are known. */
export function createChannel(): Channel {
  return { requests: createFrameRing(RING_WORDS), outputs: createFrameRing(RING_WORDS) };
}

/** An incarnation of a worker, as the other side is told of it. */
export interface WorkerAddress {
  readonly slot: number;
  readonly epoch: number;
  readonly channel: Channel;
  /** What wakes the worker. */
  readonly doorbell: SharedArrayBuffer;
}

/** From main to an engine's or a stage's thread: a worker is there, or is gone. */
export type AboutWorkers =
  | { readonly type: "attach" } & WorkerAddress
  | { readonly type: "detach"; readonly slot: number; readonly epoch: number };

/** An incarnation of a worker as the other side reaches it. */
export interface WorkerEnds {
  readonly slot: number;
  readonly epoch: number;
  readonly requests: FrameReader;
  readonly outputs: FrameQueue;
  readonly doorbell: Doorbell;
}

/** Opens the other side's ends. Its thread only. */
export function openWorkerEnds({ slot, epoch, channel, doorbell }: WorkerAddress): WorkerEnds {
  return {
    slot,
    epoch,
    requests: new FrameReader(channel.requests),
    outputs: new FrameQueue(channel.outputs),
    doorbell: new Doorbell(doorbell),
  };
}

/** The longest prompt that fits through a channel. */
export const PROMPT_TOKENS_MAX = RING_WORDS - 64;
