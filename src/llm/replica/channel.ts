/**
 * The memory through which one API worker and one engine talk.
 *
 * @module
 */
import { createFrameRing } from "../../slab/frame_ring.ts";

/** Words of a ring: 1 MiB. A frame that is larger than all of it can never be sent, so prompts have room. */
const RING_WORDS = 2 ** 18;

/** Both directions between one incarnation of a worker and one of an engine. All of it can be sent between threads. */
export interface Channel {
  /** The worker writes requests, the engine reads them. */
  readonly requests: SharedArrayBuffer;
  /** The engine writes outputs, the worker reads them. */
  readonly outputs: SharedArrayBuffer;
}

/** Reserves a channel. Main thread, when both ends are known. */
export function createChannel(): Channel {
  return { requests: createFrameRing(RING_WORDS), outputs: createFrameRing(RING_WORDS) };
}

/** The longest prompt that fits through a channel. */
export const PROMPT_TOKENS_MAX = RING_WORDS - 64;
