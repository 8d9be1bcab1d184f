/**
 * A small generative model: which token follows which, learned from a text.
 *
 * @module
 */
import { Random } from "../engine/random.ts";
import type { EngineRequest } from "../engine/sequence.ts";
import type { TokenSource, TokenStream } from "../engine/token_source.ts";

/** How many tokens before a token decide about it, at most. */
const ORDER = 3;
/** The chance to look at one token less than possible, which keeps the text from repeating its source. */
const BACK_OFF = 0.25;
/** After the planned end, a sequence goes on to the end of its sentence for at most this many tokens. */
const SENTENCE_TOKENS_MAX = 12;

/** How long outputs are. */
export interface OutputLengths {
  /** Where the request sets no limit: the mean and the standard deviation. */
  readonly mean: number;
  readonly deviation: number;
}

/** A Markov chain of order 3 that backs off to shorter contexts. Owner thread only; its streams share it. */
export class TextModel implements TokenSource {
  readonly #followers: Map<number, number[]>[] = [];
  readonly #starts: readonly number[];
  readonly #tokens: readonly number[];
  readonly #sentenceEnds: ReadonlySet<number>;
  readonly #lengths: OutputLengths;

  /**
   * @param tokens The text to learn from.
   * @param options.starts Positions in it where an output may begin.
   * @param options.sentenceEnds Tokens that end a sentence.
   */
  constructor(
    tokens: readonly number[],
    options: { starts: readonly number[]; sentenceEnds: ReadonlySet<number>; lengths: OutputLengths },
  ) {
    this.#tokens = tokens;
    this.#sentenceEnds = options.sentenceEnds;
    this.#lengths = options.lengths;
    this.#starts = options.starts;
    for (let order = 1; order <= ORDER; order++) {
      const followers = new Map<number, number[]>();
      for (let i = order; i < tokens.length; i++) {
        const key = contextKey(tokens, { end: i, order });
        const known = followers.get(key);
        if (known === undefined) followers.set(key, [tokens[i]]);
        else known.push(tokens[i]);
      }
      this.#followers.push(followers);
    }
  }

  open(request: EngineRequest): TokenStream {
    const random = new Random(request.seed);
    const plan = plannedLength(request, { lengths: this.#lengths, random });
    let count = 0;
    const context: number[] = [];
    let last = -1;
    const sentenceEnds = this.#sentenceEnds;
    return {
      get ended() {
        return count >= plan + SENTENCE_TOKENS_MAX || (count >= plan && sentenceEnds.has(last));
      },
      next: () => {
        count++;
        last = this.#next(context, random);
        if (context.length === ORDER) context.shift();
        context.push(last);
        return last;
      },
    };
  }

  #next(context: readonly number[], random: Random): number {
    for (let order = context.length; order >= 1; order--) {
      if (order > 1 && random.float() < BACK_OFF) continue;
      const followers = this.#followers[order - 1].get(contextKey(context, { end: context.length, order }));
      if (followers !== undefined) return followers[random.below(followers.length)];
    }
    return this.#tokens[this.#starts[random.below(this.#starts.length)]];
  }
}

/** A source that gives back the prompt, over and over where more is wanted. */
export class EchoSource implements TokenSource {
  open(request: EngineRequest): TokenStream {
    const prompt = request.promptTokens;
    let count = 0;
    return {
      get ended() {
        return count >= prompt.length;
      },
      next: () => prompt[count++ % prompt.length],
    };
  }
}

/** A number that names the last `order` tokens before `end`; 53 bits, so that three tokens of 17 bits fit. */
function contextKey(tokens: ArrayLike<number>, range: { end: number; order: number }): number {
  let key = 0;
  for (let i = range.end - range.order; i < range.end; i++) key = key * 131072 + tokens[i];
  return key;
}

/**
 * After how many tokens a sequence would end by itself. Without a limit of the client that is a normal draw; with one
 * it is somewhere up to the limit, and beyond it for the third of the requests that are cut off.
 */
function plannedLength(request: EngineRequest, options: { lengths: OutputLengths; random: Random }): number {
  const { lengths, random } = options;
  if (request.limited !== true) {
    return Math.max(1, Math.round(lengths.mean + random.normal() * lengths.deviation));
  }
  const share = random.float();
  return share < 1 / 3 ? request.maxTokens + SENTENCE_TOKENS_MAX : 1 + random.below(request.maxTokens);
}
