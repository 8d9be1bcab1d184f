/**
 * The receiving thread of the ring's bench.
 *
 * @module
 */
import { parentPort, workerData } from "node:worker_threads";
import { Doorbell } from "../../src/slab/doorbell.ts";
import { FrameReader } from "../../src/slab/frame_ring.ts";
import { BytePool } from "../../src/llm/pipeline/wire/byte_pool.ts";
import { decodeMessage } from "../../src/llm/pipeline/wire/message.ts";
import type { ReceiverStart } from "./stage_ring.ts";

const start = workerData as ReceiverStart;
const bell = new Doorbell(start.bell);
const senderBell = new Doorbell(start.senderBell);
const reader = new FrameReader(start.ring);
const pool = new BytePool();
const take = (length: number) => pool.take(length);
let left = 0;
let sum = 0;

function use(payload: Uint8Array<ArrayBuffer>): void {
  const words = new Int32Array(payload.buffer, 0, payload.length >> 2);
  for (let i = 0; i < words.length; i++) sum = sum + words[i] | 0;
  left--;
}

async function takeFromRing(): Promise<void> {
  while (left > 0) {
    const { count } = bell;
    const got = reader.drain((frame) => {
      const { payload } = decodeMessage(frame, take);
      use(payload);
      pool.give(payload);
    });
    if (got > 0) senderBell.ring();
    else await bell.wait(count, 100);
  }
  parentPort!.postMessage(sum);
}

parentPort!.on("message", (message: { type: string; messages?: number; payload?: ArrayBuffer }) => {
  if (message.type === "payload") {
    use(new Uint8Array(message.payload!));
    if (left === 0) parentPort!.postMessage(sum);
    return;
  }
  left = message.messages!;
  sum = 0;
  if (message.type === "ring") void takeFromRing();
});
parentPort!.postMessage("ready");
