/**
 * The two ends of a connection between replicas of two stages: a bounded ring, and credits for requests.
 *
 * The receiver always takes what is in the ring, so that a request that it works on never waits behind one that it
 * has not begun; what bounds its memory is that a sender opens no further request before it has a credit for it.
 *
 * @module
 */
import type { StagePlace } from "../../families/engine_labels.ts";
import { OMNI_FAMILIES } from "../../families/omni.ts";
import { Doorbell } from "../../slab/doorbell.ts";
import { createFrameRing, FrameReader, FrameWriter } from "../../slab/frame_ring.ts";
import { createSharedWords, SharedWords } from "../../slab/shared_words.ts";
import { decodeMessage, type Incoming, type Outgoing, PackedMessage, setSentMs } from "./message.ts";
import type { Observed, OmniMetrics } from "./omni_metrics.ts";
import { sharedNowMs } from "./shared_clock.ts";
import type { HopHead, HopTrace } from "./ticket.ts";

const CLOSED_STREAMS = 0;

/** The memory of a connection. It can be sent between threads. */
export interface EdgeMemory {
  readonly ring: SharedArrayBuffer;
  /** How many requests the receiver has closed. */
  readonly closed: SharedArrayBuffer;
}

/** The other end of a connection, as main announces it. */
export interface EdgePeer extends StagePlace {
  readonly epoch: number;
  readonly memory: EdgeMemory;
  readonly doorbell: SharedArrayBuffer;
  /** Requests that may be open on this connection. */
  readonly window: number;
}

/** Reserves a connection. Main thread. */
export function createEdgeMemory(ringKiB: number): EdgeMemory {
  return { ring: createFrameRing(ringKiB * 256), closed: createSharedWords(1) };
}

/** How many frames of a ring nobody took, counted when both ends have let go of it. */
export function unreadFrames(memory: EdgeMemory): number {
  return new FrameReader(memory.ring).drain(() => {});
}

/** The sending end. Owner thread only. */
export class OutEdge {
  readonly peer: EdgePeer;
  /** Bytes of one hop at most; larger payloads go in parts. */
  readonly hopBytesMax: number;
  readonly #writer: FrameWriter;
  readonly #bell: Doorbell;
  readonly #closed: SharedWords;
  readonly #size: Observed;
  readonly #tx: Observed;
  #opened = 0;

  constructor(self: StagePlace, peer: EdgePeer, metrics: OmniMetrics) {
    this.peer = peer;
    this.#writer = new FrameWriter(peer.memory.ring);
    this.#bell = new Doorbell(peer.doorbell);
    this.#closed = new SharedWords(peer.memory.closed);
    this.hopBytesMax = peer.memory.ring.byteLength >> 3;
    const labels = [self.stage, self.replica, peer.stage, peer.replica];
    this.#size = metrics.histogram(OMNI_FAMILIES.transferSize, ...labels);
    this.#tx = metrics.histogram(OMNI_FAMILIES.transferTx, ...labels);
  }

  /** Whether there is a credit for a further request. */
  get mayOpen(): boolean {
    return (this.#opened - this.#closed.get(CLOSED_STREAMS) | 0) < this.peer.window;
  }

  /**
   * Sends one hop if there is room. The first one of a request, which has its ticket, takes a credit.
   *
   * @param startMs when the sender began with it, on the shared clock
   * @returns undefined if there is no room
   */
  send(message: Outgoing & { readonly head: HopHead }, startMs: number): HopTrace | undefined {
    const packed = new PackedMessage(message);
    const frame = this.#writer.reserve(packed.length);
    if (frame === undefined) return undefined;
    packed.put(frame);
    const bytes = message.payload?.length ?? 0;
    const sentMs = sharedNowMs();
    setSentMs(frame, sentMs);
    const txSeconds = (sentMs - startMs) / 1000;
    // WHY: counted before it can be received, so that a reader of both sides never sees more received than sent.
    this.#size.observe(bytes);
    this.#tx.observe(txSeconds);
    if (message.head.ticket !== undefined) this.#opened = this.#opened + 1 | 0;
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
  readonly #words: SharedWords;
  readonly #rx: Observed;
  readonly #inFlight: Observed;
  #closed = 0;

  constructor(self: StagePlace, peer: EdgePeer, metrics: OmniMetrics) {
    this.peer = peer;
    this.#reader = new FrameReader(peer.memory.ring);
    this.#bell = new Doorbell(peer.doorbell);
    this.#words = new SharedWords(peer.memory.closed);
    const labels = [peer.stage, peer.replica, self.stage, self.replica];
    this.#rx = metrics.histogram(OMNI_FAMILIES.transferRx, ...labels);
    this.#inFlight = metrics.histogram(OMNI_FAMILIES.transferInFlight, ...labels);
  }

  /** Takes all hops that are there. */
  drain(receive: (message: Incoming, hop: HopTrace) => void): void {
    const { stage, replica } = this.peer;
    const count = this.#reader.drain((frame) => {
      const startMs = sharedNowMs();
      const message = decodeMessage(frame);
      const inFlightSeconds = Math.max(0, (startMs - message.sentMs) / 1000);
      const rxSeconds = (sharedNowMs() - startMs) / 1000;
      this.#rx.observe(rxSeconds);
      this.#inFlight.observe(inFlightSeconds);
      receive(message, { stage, replica, rxSeconds, inFlightSeconds });
    });
    // The sender may wait for room.
    if (count > 0) this.#bell.ring();
  }

  /** A request of this connection has ended: the sender may open another one. */
  close(): void {
    this.#closed = this.#closed + 1 | 0;
    this.#words.set(CLOSED_STREAMS, this.#closed);
    this.#bell.ring();
  }
}
