/**
 * What an API worker says to an engine, as frames of 32-bit words.
 *
 * @module
 */
import type { EngineRequest } from "../engine/engine_request.ts";

/** The first word of a frame. */
export const COMMAND = { ADD: 1, ABORT: 2, SLEEP: 3, WAKE: 4, RESET_PREFIX_CACHE: 5 } as const;

/** Words of an ADD frame before the prompt. */
const ADD_WORDS = 8;
const IGNORE_EOS = 1;
const LIMITED = 2;

/** A request without what the engine knows of itself: whose it is. Its id is unique in its client only. */
export type ClientRequest = Omit<EngineRequest, "client">;

/** The frame that asks for a sequence. */
export function encodeAdd(request: ClientRequest): Int32Array {
  const { promptTokens } = request;
  const frame = new Int32Array(ADD_WORDS + promptTokens.length);
  frame[0] = COMMAND.ADD;
  frame[1] = request.id;
  frame[2] = request.maxTokens;
  frame[3] = request.minTokens ?? 0;
  frame[4] = (request.ignoreEos ? IGNORE_EOS : 0) | (request.limited ? LIMITED : 0);
  frame[5] = request.seed;
  frame[6] = request.adapter ?? -1;
  frame[7] = request.cacheSalt ?? 0;
  for (let i = 0; i < promptTokens.length; i++) frame[ADD_WORDS + i] = promptTokens[i];
  return frame;
}

/** The request of an ADD frame. */
export function decodeAdd(frame: Int32Array): ClientRequest {
  return {
    id: frame[1],
    maxTokens: frame[2],
    minTokens: frame[3],
    ignoreEos: (frame[4] & IGNORE_EOS) !== 0,
    limited: (frame[4] & LIMITED) !== 0,
    seed: frame[5],
    adapter: frame[6],
    cacheSalt: frame[7],
    promptTokens: frame.slice(ADD_WORDS),
  };
}

/** The frame that ends a sequence. */
export function encodeAbort(id: number): Int32Array {
  return Int32Array.of(COMMAND.ABORT, id);
}

/** The frame that sends the engine to sleep. */
export function encodeSleep(level: 1 | 2): Int32Array {
  return Int32Array.of(COMMAND.SLEEP, level);
}

/** The frame that wakes the engine. */
export function encodeWake(): Int32Array {
  return Int32Array.of(COMMAND.WAKE);
}

/** The frame that empties the prefix cache. */
export function encodeResetPrefixCache(): Int32Array {
  return Int32Array.of(COMMAND.RESET_PREFIX_CACHE);
}
