/**
 * What a step gave.
 *
 * @module
 */
import type { Sequence } from "./sequence.ts";

/** The outputs of one step, column by column; used again for every step. */
export class StepOutputs {
  /** When the step ended, on the engine's clock. */
  timeUs = 0;
  readonly sequences: Sequence[] = [];
  /** How many tokens each sequence gained; they are the last ones of its `tokens`. */
  readonly counts: number[] = [];
  /** Whether it is the sequence's first output. */
  readonly firsts: boolean[] = [];

  get length(): number {
    return this.sequences.length;
  }

  clear(timeUs: number): void {
    this.timeUs = timeUs;
    this.sequences.length = this.counts.length = this.firsts.length = 0;
  }

  add(sequence: Sequence, output: { count: number; first: boolean }): void {
    this.sequences.push(sequence);
    this.counts.push(output.count);
    this.firsts.push(output.first);
  }
}
