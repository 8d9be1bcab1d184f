/**
 * What a gateway learns of one request by looking at the answer: tokens, times and how it ended.
 *
 * @module
 */

/** The part of an answer, or of an event of it, that tells something. An upstream may send anything in it. */
interface AnswerPart {
  readonly model?: unknown;
  readonly error?: unknown;
  readonly choices?: unknown;
  readonly usage?: {
    readonly prompt_tokens?: unknown;
    readonly completion_tokens?: unknown;
    readonly prompt_tokens_details?: { readonly cached_tokens?: unknown } | null;
  } | null;
}

/** A part of a choice. */
interface ChoicePart {
  readonly index: number;
  readonly reason: string | undefined;
}

/** Told of the moments that have metrics of their own. */
export interface ExchangeEvents {
  /** The first part with a choice came. */
  first(seconds: number): void;
  /** A further part of a choice came, so long after the one before it. */
  next(seconds: number): void;
}

/** The record of one exchange. All times are milliseconds on `performance.now()`. Owner thread only. */
export class Exchange {
  readonly arrivalMs: number;
  /** When the upstream that answers was asked. */
  askedMs = 0;
  /** The model that the answer names. */
  model: string | undefined;
  promptTokens: number | undefined;
  cachedTokens = 0;
  /** By choice: why it ended. */
  readonly finishReasons = new Map<number, string>();
  /** Whether the upstream said that it failed after it had begun to answer. */
  failed = false;
  readonly #events: ExchangeEvents;
  readonly #lastMs = new Map<number, number>();
  readonly #parts = new Map<number, number>();
  #completionTokens: number | undefined;
  #firstMs: number | undefined;
  #finalMs = 0;

  constructor(arrivalMs: number, events: ExchangeEvents) {
    this.arrivalMs = arrivalMs;
    this.#events = events;
  }

  /** Output tokens: what the upstream says, else the number of parts. */
  get completionTokens(): number {
    return this.#completionTokens ?? [...this.#parts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Output tokens of the longest choice. */
  get completionTokensMax(): number {
    if (this.#parts.size <= 1) return this.completionTokens;
    return Math.max(...this.#parts.values());
  }

  /** When the first part came; undefined if the answer was no stream. */
  get firstMs(): number | undefined {
    return this.#firstMs;
  }

  /** From the first part to the last, in seconds. */
  get decodeSeconds(): number {
    return this.#firstMs === undefined ? 0 : (this.#finalMs - this.#firstMs) / 1000;
  }

  /** An event of a stream came. */
  event(data: string, nowMs: number): void {
    if (data === "[DONE]") return;
    const part = parsed(data);
    if (part === undefined) return;
    for (const { index } of this.#learn(part)) this.#heard(index, nowMs);
  }

  /** The whole answer came. */
  whole(text: string): void {
    const part = parsed(text);
    if (part !== undefined) this.#learn(part);
  }

  /** Keeps what a part says; returns the parts of choices in it. */
  #learn(part: AnswerPart): readonly ChoicePart[] {
    if (typeof part.model === "string") this.model = part.model;
    if (part.error !== undefined && part.error !== null) this.failed = true;
    const choices = choicesOf(part);
    for (const { index, reason } of choices) {
      if (reason !== undefined) this.finishReasons.set(index, reason);
    }
    const { usage } = part;
    this.promptTokens = countOf(usage?.prompt_tokens) ?? this.promptTokens;
    this.#completionTokens = countOf(usage?.completion_tokens) ?? this.#completionTokens;
    this.cachedTokens = countOf(usage?.prompt_tokens_details?.cached_tokens) ?? this.cachedTokens;
    return choices;
  }

  #heard(index: number, nowMs: number): void {
    this.#finalMs = nowMs;
    this.#parts.set(index, (this.#parts.get(index) ?? 0) + 1);
    const last = this.#lastMs.get(index);
    this.#lastMs.set(index, nowMs);
    if (this.#firstMs === undefined) {
      this.#firstMs = nowMs;
      this.#events.first((nowMs - this.arrivalMs) / 1000);
    }
    if (last !== undefined) this.#events.next((nowMs - last) / 1000);
  }
}

function parsed(text: string): AnswerPart | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value as AnswerPart : undefined;
  } catch {
    return undefined;
  }
}

/** The parts of choices; what is none is left out. Without an index a choice is the first. */
function choicesOf({ choices }: AnswerPart): ChoicePart[] {
  if (!Array.isArray(choices)) return [];
  return choices.flatMap((choice: unknown): ChoicePart[] => {
    if (typeof choice !== "object" || choice === null) return [];
    const { index = 0, finish_reason: reason } = choice as { index?: unknown; finish_reason?: unknown };
    if (typeof index !== "number") return [];
    return [{ index, reason: typeof reason === "string" ? reason : undefined }];
  });
}

/** A number of tokens; undefined for what is none, which no counter takes. */
function countOf(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 && value < Infinity ? value : undefined;
}
