/**
 * The two ends of a connection between replicas of two stages: a bounded ring, and credits for requests.
 *
 * The receiver always takes what is in the ring, so that a request that it works on never waits behind one that it
 * has not begun. What bounds its memory are credits: a connection has so many streams, a request takes one, and by a
 * stream no further payload is sent before what waits at the receiver is less than a ring's worth.
 *
 * @module
 */
import type { StagePlace } from "../../../families/engine_labels.ts";
import { OMNI_FAMILIES } from "../../../families/omni.ts";
import type { Commit } from "../../../metric/commit.ts";
import { Doorbell } from "../../../slab/doorbell.ts";
import { createFrameRing, FrameReader, FrameWriter } from "../../../slab/frame_ring.ts";
import { createSharedWords, SharedWords } from "../../../slab/shared_words.ts";
import type { BytePool } from "./byte_pool.ts";
import {
  decodeMessage,
  type HopPart,
  type Incoming,
  type Outgoing,
  PackedMessage,
  setSentMs,
} from "./message.ts";
import type { Observed, OmniMetrics } from "../omni_metrics.ts";
import { sharedNowMs } from "./shared_clock.ts";
import type { HopTrace } from "./ticket.ts";

/** The words of a stream, which the receiver writes. */
const STREAM = { closed: 0, consumed: 1, count: 2 } as const;
/** The words that count hops, each after the metrics of its end have: the sender's, and the receiver's. */
const HOPS = { sent: 0, received: 1, count: 2 } as const;

/** The memory of a connection. It can be sent between threads. */
export interface EdgeMemory {
  readonly ring: SharedArrayBuffer;
  /** For each stream: how often the receiver has closed it, and how many bytes of it were consumed. */
  readonly streams: SharedArrayBuffer;
  /** How many hops each end has counted. */
  readonly hops: SharedArrayBuffer;
}

/** How many hops each end of a connection has counted, modulo 2 ** 32. */
export interface HopCounts {
  readonly sent: number;
  readonly received: number;
}

/** The other end of a connection, as main announces it. */
export interface EdgePeer extends StagePlace {
  readonly epoch: number;
  readonly memory: EdgeMemory;
  readonly doorbell: SharedArrayBuffer;
  /** Streams of this connection: requests that may be open on it. */
  readonly window: number;
}

/** Reserves a connection. Main thread. */
export function createEdgeMemory({ ringKiB, window }: { ringKiB: number; window: number }): EdgeMemory {
  return {
    ring: createFrameRing(ringKiB * 256),
    streams: createSharedWords(window * STREAM.count),
    hops: createSharedWords(HOPS.count),
  };
}

/**
 * What the ends of a connection have counted. Any thread; it is final for an end that does not touch the memory any
 * more. An end that was killed may have counted one hop more in its metrics.
 */
export function hopCounts({ hops }: EdgeMemory): HopCounts {
  const words = new SharedWords(hops);
  return { sent: words.get(HOPS.sent), received: words.get(HOPS.received) };
}

/** The sending end. Owner thread only. */
export class OutEdge {
  readonly peer: EdgePeer;
  /** Bytes of one hop at most; larger payloads go in parts. */
  readonly hopBytesMax: number;
  readonly #writer: FrameWriter;
  readonly #bell: Doorbell;
  readonly #streams: SharedWords;
  readonly #hops: SharedWords;
  readonly #commit: Commit;
  readonly #size: Observed;
  readonly #tx: Observed;
  /** By stream: how often it was opened, and how many bytes were sent by it; both wrap, as the receiver's do. */
  readonly #opened: Int32Array;
  readonly #sent: Int32Array;
  readonly #waitingBytesMax: number;

  constructor(self: StagePlace, peer: EdgePeer, metrics: OmniMetrics) {
    this.peer = peer;
    this.#writer = new FrameWriter(peer.memory.ring);
    this.#bell = new Doorbell(peer.doorbell);
    this.#streams = new SharedWords(peer.memory.streams);
    this.#hops = new SharedWords(peer.memory.hops);
    this.#opened = new Int32Array(peer.window);
    this.#sent = new Int32Array(peer.window);
    this.#waitingBytesMax = peer.memory.ring.byteLength;
    this.hopBytesMax = peer.memory.ring.byteLength >> 3;
    this.#commit = metrics.commit();
    const labels = [self.stage, self.replica, peer.stage, peer.replica];
    this.#size = metrics.histogram(OMNI_FAMILIES.transferSize, ...labels);
    this.#tx = metrics.histogram(OMNI_FAMILIES.transferTx, ...labels);
  }

  /** A stream that is free for a further request; undefined if all have one. */
  get freeStream(): number | undefined {
    const stream = this.#opened.findIndex((opened, i) =>
      opened === this.#streams.get(i * STREAM.count + STREAM.closed)
    );
    return stream < 0 ? undefined : stream;
  }

  /** Whether a further payload may follow by a stream: what was sent and waits to be consumed is within bounds. */
  mayFollow(stream: number): boolean {
    const consumed = this.#streams.get(stream * STREAM.count + STREAM.consumed);
    return (this.#sent[stream] - consumed | 0) < this.#waitingBytesMax;
  }

  /**
   * Sends one hop if there is room. The first one of a request, which has its ticket, opens the stream.
   *
   * @param startMs when the sender began with it, on the shared clock
   * @returns undefined if there is no room
   */
  send(message: Outgoing & { readonly part: HopPart }, startMs: number): HopTrace | undefined {
    const packed = new PackedMessage(message);
    const frame = this.#writer.reserve(packed.length);
    if (frame === undefined) return undefined;
    packed.put(frame);
    const bytes = message.payload?.length ?? 0;
    const sentMs = sharedNowMs();
    setSentMs(frame, sentMs);
    const txSeconds = (sentMs - startMs) / 1000;
    // WHY: counted before it can be received, so that a reader of both sides never sees more received than sent.
    this.#size.within(this.#commit, bytes);
    this.#tx.within(this.#commit, txSeconds);
    this.#commit.apply();
    this.#hops.set(HOPS.sent, this.#hops.get(HOPS.sent) + 1 | 0);
    const { stream } = message.part;
    if (message.head !== undefined) this.#opened[stream]++;
    this.#sent[stream] += bytes;
    this.#writer.commit();
    this.#bell.ring();
    const { stage, replica } = this.peer;
    return { stage, replica, bytes, txSeconds };
  }
}

/** The receiving end. Owner thread only. */
export class InEdge {
  readonly peer: EdgePeer;
  readonly #reader: FrameReader;
  readonly #bell: Doorbell;
  readonly #streams: SharedWords;
  readonly #hops: SharedWords;
  readonly #commit: Commit;
  readonly #rx: Observed;
  readonly #inFlight: Observed;
  readonly #pool: BytePool;

  constructor(self: StagePlace, peer: EdgePeer, parts: { metrics: OmniMetrics; pool: BytePool }) {
    const { metrics, pool } = parts;
    this.peer = peer;
    this.#pool = pool;
    this.#reader = new FrameReader(peer.memory.ring);
    this.#bell = new Doorbell(peer.doorbell);
    this.#streams = new SharedWords(peer.memory.streams);
    this.#hops = new SharedWords(peer.memory.hops);
    this.#commit = metrics.commit();
    const labels = [peer.stage, peer.replica, self.stage, self.replica];
    this.#rx = metrics.histogram(OMNI_FAMILIES.transferRx, ...labels);
    this.#inFlight = metrics.histogram(OMNI_FAMILIES.transferInFlight, ...labels);
  }

  /** Takes all hops that are there. Their payloads are of the pool. */
  drain(receive: (message: Incoming, hop: HopTrace) => void): void {
    const { stage, replica } = this.peer;
    const take = (length: number) => this.#pool.take(length);
    const count = this.#reader.drain((frame) => {
      const startMs = sharedNowMs();
      const message = decodeMessage(frame, take);
      const inFlightSeconds = Math.max(0, (startMs - message.sentMs) / 1000);
      const rxSeconds = (sharedNowMs() - startMs) / 1000;
      this.#rx.within(this.#commit, rxSeconds);
      this.#inFlight.within(this.#commit, inFlightSeconds);
      this.#commit.apply();
      this.#hops.set(HOPS.received, this.#hops.get(HOPS.received) + 1 | 0);
      receive(message, { stage, replica, rxSeconds, inFlightSeconds });
    });
    // The sender may wait for room.
    if (count > 0) this.#bell.ring();
  }

  /** So many bytes of a stream do not wait here any more. */
  consumed(stream: number, bytes: number): void {
    this.#add(stream * STREAM.count + STREAM.consumed, bytes);
  }

  /** The request of a stream has ended: the sender may open another one. */
  close(stream: number): void {
    this.#add(stream * STREAM.count + STREAM.closed, 1);
  }

  #add(word: number, count: number): void {
    this.#streams.set(word, this.#streams.get(word) + count | 0);
    this.#bell.ring();
  }
}
