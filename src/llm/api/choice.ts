/**
 * One choice of an answer while it grows: from tokens to text, up to a stop string.
 *
 * @module
 */
import type { GenerationListener } from "../client/engine_client.ts";
import { FINISH, FINISH_REASONS } from "../engine/sequence.ts";
import { Detokenizer } from "../text/tokenizer.ts";
import type { PromptFacts } from "../wire/output_frame.ts";
import { type TokenLogprob, tokenLogprob } from "./logprobs.ts";
import type { Sampling } from "./sampling.ts";
import { StopFinder } from "./stop_finder.ts";

/** A part of a choice's text as it is told to the client. */
export interface Delta {
  readonly text: string;
  readonly logprobs: readonly TokenLogprob[] | undefined;
  /** With the last part: why it is the last. */
  readonly finishReason: string | null;
  /** The stop string or token that was found. */
  readonly stopReason: string | number | null;
}

/** What the request does with its choices. */
export interface ChoiceEvents {
  /** A further part. */
  delta(choice: Choice, delta: Delta): void;
  /** The engine could not go on, for a position in FINISH_REASONS. */
  failed(choice: Choice, reason: number): void;
}

/** A choice. Owner thread only. */
export class Choice implements GenerationListener {
  readonly index: number;
  /** Tokens so far. */
  tokenCount = 0;
  /** Tokens of the prompt that needed no computing; known from the first output on. */
  cachedTokens = 0;
  ended = false;
  readonly #sampling: Sampling;
  readonly #events: ChoiceEvents;
  readonly #detokenizer = new Detokenizer();
  readonly #stops: StopFinder;
  #stopToken: number | null = null;
  #heldText = "";
  #heldLogprobs: TokenLogprob[] | undefined;

  constructor(index: number, options: { sampling: Sampling; events: ChoiceEvents }) {
    this.index = index;
    this.#sampling = options.sampling;
    this.#events = options.events;
    this.#stops = new StopFinder(options.sampling.stops, options.sampling.includeStop);
  }

  tokens(tokens: Int32Array, event: { prompt: PromptFacts | undefined; final: boolean }): boolean {
    const { prompt, final } = event;
    if (prompt !== undefined) this.cachedTokens = prompt.cachedTokens + prompt.loadedTokens;
    const { logprobs } = this.#sampling;
    const list: TokenLogprob[] | undefined = logprobs === undefined ? undefined : [];
    let text = "";
    for (const token of tokens) {
      this.tokenCount++;
      list?.push(tokenLogprob(token, logprobs!));
      if (this.#sampling.stopTokens.has(token) && this.tokenCount >= this.#sampling.minTokens) {
        this.#stopToken = token;
        break;
      }
      const mayStop = this.tokenCount > this.#sampling.minTokens;
      text += this.#stops.push(this.#detokenizer.push(token), mayStop);
      if (this.#stops.found !== undefined) break;
    }
    const stopped = this.#stopToken !== null || this.#stops.found !== undefined;
    if (final || stopped) {
      this.#heldText = text;
      this.#heldLogprobs = list;
    } else {
      this.#events.delta(this, { text, logprobs: list, finishReason: null, stopReason: null });
    }
    return stopped;
  }

  end(reason: number): void {
    this.ended = true;
    if (reason === FINISH.ABORT || reason === FINISH.ERROR) return this.#events.failed(this, reason);
    const found = this.#stops.found;
    const rest = found === undefined ? this.#stops.push(this.#detokenizer.end()) + this.#stops.end() : "";
    this.#events.delta(this, {
      text: this.#heldText + rest,
      logprobs: this.#heldLogprobs,
      finishReason: FINISH_REASONS[reason],
      stopReason: found ?? this.#stopToken,
    });
  }
}
