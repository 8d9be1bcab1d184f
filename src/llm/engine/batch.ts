/**
 * What one step computes.
 *
 * @module
 */
import type { Sequence } from "./sequence.ts";
import type { StepWork } from "./step_timing.ts";

/** The sequences of a step with the number of tokens that each computes. Used again for every step. */
export class Batch implements StepWork {
  /** A sequence that was aborted while the step ran is `undefined`. */
  readonly sequences: (Sequence | undefined)[] = [];
  readonly counts: number[] = [];
  running = 0;
  decodes = 0;
  prefills = 0;
  prefillStarts = false;
  prefillTokens = 0;
  prefillShareMax = 0;
  loadedTokens = 0;

  clear(): void {
    this.sequences.length = 0;
    this.counts.length = 0;
    this.running =
      this.decodes =
      this.prefills =
      this.prefillTokens =
      this.prefillShareMax =
      this.loadedTokens =
        0;
    this.prefillStarts = false;
  }

  /** Adds a sequence that computes `count` tokens after those it has. */
  add(sequence: Sequence, count: number): void {
    this.sequences.push(sequence);
    this.counts.push(count);
    if (sequence.computed >= sequence.tokens.length - 1 && sequence.generated > 0) {
      this.decodes++;
      return;
    }
    this.prefills++;
    this.prefillTokens += count;
    const known = sequence.cachedTokens + sequence.loadedTokens;
    if (sequence.computed <= known) this.prefillStarts = true;
    this.prefillShareMax = Math.max(
      this.prefillShareMax,
      count / Math.max(1, sequence.tokens.length - known),
    );
  }

  /** Takes a sequence out of the step. */
  drop(sequence: Sequence): void {
    const index = this.sequences.indexOf(sequence);
    if (index >= 0) this.sequences[index] = undefined;
  }
}
