/**
 * A replica as one API worker reaches it.
 *
 * @module
 */
import { Doorbell } from "../../../slab/doorbell.ts";
import { FrameReader } from "../../../slab/frame_ring.ts";
import { SharedWords } from "../../../slab/shared_words.ts";
import { FrameQueue } from "../../replica/frame_queue.ts";
import { decodeMessage, encodeMessage, type Incoming, type Outgoing } from "../wire/message.ts";
import { BINDING, type StageAddress } from "../wire/stage_messages.ts";
import type { BoundPlace } from "../wire/ticket.ts";

/** One incarnation of a replica. Owner thread only. */
export class BoundReplica implements BoundPlace {
  readonly stage: number;
  readonly replica: number;
  readonly epoch: number;
  /** Whether no further request is bound to it. */
  leaving = false;
  readonly #requests: FrameQueue;
  readonly #outputs: FrameReader;
  readonly #bell: Doorbell;
  readonly #bindings: SharedWords;
  #bound = 0;

  constructor(address: StageAddress) {
    this.stage = address.stage;
    this.replica = address.replica;
    this.epoch = address.epoch;
    this.#requests = new FrameQueue(address.channel.requests);
    this.#outputs = new FrameReader(address.channel.outputs);
    this.#bell = new Doorbell(address.doorbell);
    this.#bindings = new SharedWords(address.bindings);
  }

  /** Requests of this worker that are bound to it. */
  get boundCount(): number {
    return this.#bound;
  }

  /** Messages that wait for room. */
  get pendingCount(): number {
    return this.#requests.pendingCount;
  }

  /** Its place, for a ticket. */
  get place(): BoundPlace {
    const { stage, replica, epoch } = this;
    return { stage, replica, epoch };
  }

  /** Counts a request that is bound to it, or with -1 one that has ended. */
  bind(change: 1 | -1): void {
    this.#bound += change;
    this.#bindings.set(BINDING.bound, this.#bound);
  }

  /** Lets main know that nothing more is bound to it. */
  leave(): void {
    this.leaving = true;
    this.#bindings.set(BINDING.leavingSeen, 1);
  }

  /** Sends a message, now or when there is room. @throws {FrameTooLongError} If there will never be */
  send(message: Outgoing): void {
    this.#requests.push(encodeMessage(message));
    this.#bell.ring();
  }

  /** Sends what has waited, as far as there is room. */
  flush(): void {
    if (this.#requests.pendingCount > 0 && this.#requests.flush()) this.#bell.ring();
  }

  /** Takes all messages that are there, and returns how many there were. */
  drain(receive: (message: Incoming) => void): number {
    const count = this.#outputs.drain((frame) => receive(decodeMessage(frame)));
    // The replica may wait for room.
    if (count > 0) this.#bell.ring();
    return count;
  }
}
