/**
 * Messages of 64 KiB from one thread to another: through a ring in shared memory, as stages of a pipeline hand over
 * their payloads, and by `postMessage` with the buffer transferred, to a thread of `node:worker_threads` and to a Web
 * Worker. All in the same run, in turns. The sender fills each payload, the receiver adds up its words, as a stage reads
 * what it gets. `postMessage` has no bound, which is the fastest that it can be; the ring has room for 255 payloads.
 *
 * Usage: `deno run -A bench/llm/stage_ring.ts [rounds] [messages]`
 *
 * @module
 */
import { Worker } from "node:worker_threads";
import { createDoorbell, Doorbell } from "../../src/slab/doorbell.ts";
import { createFrameRing, FrameWriter } from "../../src/slab/frame_ring.ts";
import { MESSAGE, PackedMessage } from "../../src/llm/pipeline/wire/message.ts";

const PAYLOAD_BYTES = 65_536;
const RING_WORDS = 2 ** 22;

/** What the receiving thread is told. */
export interface ReceiverStart {
  readonly ring: SharedArrayBuffer;
  readonly bell: SharedArrayBuffer;
  readonly senderBell: SharedArrayBuffer;
}

/** Rates of both ways, in messages a second. */
export interface RingRates {
  readonly ring: number;
  /** `postMessage` to a thread of the kind that stages run in. */
  readonly thread: number;
  /** `postMessage` to a Web Worker. */
  readonly web: number;
}

/** What a Web Worker runs. */
const WEB_RECEIVER = `let left = 0, sum = 0;
self.onmessage = ({ data: { messages, payload } }) => {
  if (messages !== undefined) { left = messages; sum = 0; return; }
  const words = new Int32Array(payload);
  for (let i = 0; i < words.length; i++) sum = sum + words[i] | 0;
  if (--left === 0) self.postMessage(sum);
};`;

/**
 * Runs rounds of all ways and gives the rates of each round.
 *
 * @throws {Error} If a receiver did not get what was sent
 */
export async function measureRing(options: { rounds: number; messages: number }): Promise<RingRates[]> {
  const start: ReceiverStart = {
    ring: createFrameRing(RING_WORDS),
    bell: createDoorbell(),
    senderBell: createDoorbell(),
  };
  const worker = new Worker(new URL("stage_ring_receiver.ts", import.meta.url), { workerData: start });
  await new Promise<void>((resolve) => worker.once("message", () => resolve()));
  const ends = waiter(worker);
  const template = Uint8Array.from({ length: PAYLOAD_BYTES }, (_, i) => i);
  const wanted = sumOf(template, options.messages);
  const writer = new FrameWriter(start.ring);
  const web = new globalThis.Worker(`data:text/javascript,${encodeURIComponent(WEB_RECEIVER)}`, {
    type: "module",
  });
  const rates: RingRates[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const ring = await timed(options.messages, async () => {
      worker.postMessage({ type: "ring", messages: options.messages });
      const done = ends();
      await sendByRing(writer, start, { template, messages: options.messages });
      check(await done, wanted);
    });
    const byThread = await timed(options.messages, async () => {
      worker.postMessage({ type: "transfer", messages: options.messages });
      const done = ends();
      sendByTransfer(worker, { template, messages: options.messages });
      check(await done, wanted);
    });
    const byWeb = await timed(options.messages, async () => {
      web.postMessage({ messages: options.messages });
      const done = new Promise<number>((resolve) => web.onmessage = ({ data }) => resolve(data));
      sendByTransfer(web, { template, messages: options.messages });
      check(await done, wanted);
    });
    rates.push({ ring, thread: byThread, web: byWeb });
  }
  web.terminate();
  await worker.terminate();
  return rates;
}

/** The median over rounds of how many times faster the ring is than `postMessage` to such a thread. */
export function medianRatio(rates: readonly RingRates[], other: "thread" | "web"): number {
  const ratios = rates.map((round) => round.ring / round[other]).sort((a, b) => a - b);
  return ratios[ratios.length >> 1];
}

/** What the words of all messages add up to. */
function sumOf({ buffer }: Uint8Array<ArrayBuffer>, messages: number): number {
  let sum = 0;
  for (const word of new Int32Array(buffer)) sum = sum + word | 0;
  return Math.imul(sum, messages);
}

function check(sum: number, wanted: number): void {
  if (sum !== wanted) throw new Error(`Cannot use the run: the receiver got ${sum}, ${wanted} was sent`);
}

function waiter(worker: Worker): () => Promise<number> {
  let resolve: (sum: number) => void = () => {};
  worker.on("message", (sum: number) => resolve(sum));
  return () => new Promise<number>((done) => resolve = done);
}

async function timed(messages: number, run: () => Promise<void>): Promise<number> {
  const beganMs = performance.now();
  await run();
  return messages / ((performance.now() - beganMs) / 1000);
}

async function sendByRing(
  writer: FrameWriter,
  start: ReceiverStart,
  work: { template: Uint8Array; messages: number },
): Promise<void> {
  const bell = new Doorbell(start.bell);
  const own = new Doorbell(start.senderBell);
  const key = {
    slot: 0,
    epoch: 1,
    kind: MESSAGE.HOP,
    part: { units: 1, more: false, last: false, stream: 0 },
  };
  for (let id = 0; id < work.messages; id++) {
    const packed = new PackedMessage({ ...key, id, payload: work.template });
    for (;;) {
      const { count } = own;
      const frame = writer.reserve(packed.length);
      if (frame !== undefined) {
        packed.put(frame);
        writer.commit();
        bell.ring();
        break;
      }
      await own.wait(count, 100);
    }
  }
}

/** Either kind of thread. */
interface Transferring {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
}

/** All messages are under way at once. */
function sendByTransfer(worker: Transferring, work: { template: Uint8Array; messages: number }): void {
  for (let id = 0; id < work.messages; id++) {
    const payload = new Uint8Array(PAYLOAD_BYTES);
    payload.set(work.template);
    // WHY: the buffer itself, not a view of it. Deno's node:worker_threads clones views word by word, which takes
    // a hundred times longer; a receiver makes its own view.
    const { buffer } = payload;
    worker.postMessage({ type: "payload", id, units: 1, more: false, last: false, payload: buffer }, [
      buffer,
    ]);
  }
}

if (import.meta.main) {
  const [rounds = 7, messages = 200] = Deno.args.map(Number);
  const rates = await measureRing({ rounds, messages });
  for (const { ring, thread, web } of rates) {
    console.log(
      `ring ${Math.round(ring)}/s, worker_threads ${Math.round(thread)}/s, web ${Math.round(web)}/s`,
    );
  }
  const [thread, web] = [medianRatio(rates, "thread"), medianRatio(rates, "web")];
  console.log(`median: ${thread.toFixed(1)} times worker_threads, ${web.toFixed(1)} times a Web Worker`);
}
