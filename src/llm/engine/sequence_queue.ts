/**
 * A queue of sequences from whose middle one can leave.
 *
 * @module
 */
import type { Sequence } from "./sequence.ts";

/** A doubly linked list through the sequences themselves: a sequence is in one queue at most. Owner thread only. */
export class SequenceQueue {
  #first: Sequence | undefined;
  #last: Sequence | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get first(): Sequence | undefined {
    return this.#first;
  }

  /** Adds at the end. */
  push(sequence: Sequence): void {
    sequence.previous = this.#last;
    sequence.next = undefined;
    if (this.#last === undefined) this.#first = sequence;
    else this.#last.next = sequence;
    this.#last = sequence;
    this.#size++;
  }

  /** Adds at the front. */
  unshift(sequence: Sequence): void {
    sequence.next = this.#first;
    sequence.previous = undefined;
    if (this.#first === undefined) this.#last = sequence;
    else this.#first.previous = sequence;
    this.#first = sequence;
    this.#size++;
  }

  /** Takes out a sequence that is in this queue. */
  remove(sequence: Sequence): void {
    if (sequence.previous === undefined) this.#first = sequence.next;
    else sequence.previous.next = sequence.next;
    if (sequence.next === undefined) this.#last = sequence.previous;
    else sequence.next.previous = sequence.previous;
    sequence.next = sequence.previous = undefined;
    this.#size--;
  }

  *[Symbol.iterator](): Generator<Sequence> {
    for (let sequence = this.#first; sequence !== undefined; sequence = sequence.next) yield sequence;
  }
}
