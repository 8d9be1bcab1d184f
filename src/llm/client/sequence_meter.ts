/**
 * Follows one sequence from arrival to end and records it.
 *
 * @module
 */
import type { RequestMetrics } from "../metrics/request_metrics.ts";
import type { Output, PromptFacts } from "../wire/output_frame.ts";

/** What the sequences of one request have in common. */
export class RequestGroup {
  readonly n: number;
  readonly arrivalMs: number;
  #open: number;
  #generatedMax = 0;

  constructor(options: { n: number; arrivalMs: number }) {
    this.n = this.#open = options.n;
    this.arrivalMs = options.arrivalMs;
  }

  /** One of the sequences ended; the last one that does so records the request. */
  ended(metrics: RequestMetrics, generated: number): void {
    this.#generatedMax = Math.max(this.#generatedMax, generated);
    if (--this.#open === 0) metrics.requestFinished({ n: this.n, generatedMax: this.#generatedMax });
  }

  /** One of the sequences was aborted or lost, so the request has no complete output to record. */
  broken(): void {
    this.#open = -1;
  }
}

/** The record of one sequence. Owner thread only. */
export class SequenceMeter {
  readonly #metrics: RequestMetrics;
  readonly #group: RequestGroup;
  readonly #promptTokens: number;
  readonly #maxTokens: number;
  #prompt: PromptFacts | undefined;
  #firstUs = 0;
  #lastUs = 0;
  #generated = 0;
  #preemptions = 0;
  #corrupted = false;

  constructor(
    metrics: RequestMetrics,
    options: { group: RequestGroup; promptTokens: number; maxTokens: number },
  ) {
    this.#metrics = metrics;
    this.#group = options.group;
    this.#promptTokens = options.promptTokens;
    this.#maxTokens = options.maxTokens;
  }

  /** Records an output that came at `nowMs`; its end is recorded by {@linkcode finish}. */
  output(output: Output, nowMs: number): void {
    if (output.prompt !== undefined) {
      this.#prompt = output.prompt;
      this.#firstUs = output.timeUs;
      const seconds = (nowMs - this.#group.arrivalMs) / 1000;
      this.#metrics.first(this.#promptTokens, output.prompt, { seconds });
    } else if (this.#prompt !== undefined) {
      this.#metrics.next((output.timeUs - this.#lastUs) / 1e6);
    }
    this.#lastUs = output.timeUs;
    this.#generated += output.tokens.length;
    this.#preemptions += output.preemptions;
    this.#corrupted ||= output.corrupted;
    if (output.tokens.length > 0) this.#metrics.generated(output.tokens.length);
  }

  /** Records the end, at `nowMs`, for a reason out of FINISH_REASONS. */
  finish(reason: number, nowMs: number): void {
    if (this.#prompt === undefined) return this.lose(reason);
    this.#metrics.finished({
      finish: reason,
      corrupted: this.#corrupted,
      promptTokens: this.#promptTokens,
      generatedTokens: this.#generated,
      maxTokens: this.#maxTokens,
      preemptions: this.#preemptions,
      prompt: this.#prompt,
      decodeSeconds: (this.#lastUs - this.#firstUs) / 1e6,
      totalSeconds: (nowMs - this.#group.arrivalMs) / 1000,
    });
    this.#group.ended(this.#metrics, this.#generated);
  }

  /** Records the end of a sequence whose output nobody gets: it was aborted, or its engine is gone. */
  lose(reason: number): void {
    this.#metrics.ended(reason);
    this.#group.broken();
  }
}
