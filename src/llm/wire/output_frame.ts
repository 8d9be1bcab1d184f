/**
 * What an engine says to an API worker after a step, as one frame of 32-bit words for all of the worker's sequences:
 * the time of the step, then for each output the id, a header, the new tokens, and with the first output what
 * was known of the prompt and how long it took to get there.
 *
 * @module
 */
import { FINISH } from "../engine/sequence.ts";

/** What the engine knows of a sequence when its first output comes. Times are on the engine's clock. */
export interface PromptFacts {
  /** Tokens found in the prefix cache. */
  readonly cachedTokens: number;
  /** Tokens whose KV came from the offload tier. */
  readonly loadedTokens: number;
  /** Known tokens that were computed all the same. */
  readonly recomputedTokens: number;
  /** From the queue to the first time it was scheduled. */
  readonly queuedSeconds: number;
  /** From there to the first output. */
  readonly prefillSeconds: number;
}

/** One output of one sequence. */
export interface Output {
  /** When the step ended, on the engine's clock. */
  readonly timeUs: number;
  /** Valid during the call that gives it. */
  readonly tokens: Int32Array;
  /** With the first output. */
  readonly prompt: PromptFacts | undefined;
  /** How often the sequence was preempted since its last output. */
  readonly preemptions: number;
  /** A value of {@linkcode FINISH}; not NONE with the last output. */
  readonly finish: number;
  readonly corrupted: boolean;
}

/** Who gets the outputs of a frame. */
export type OutputReceiver = (id: number, output: Output) => void;

/** What the encoder needs of a sequence. */
export interface OutputSource {
  readonly tokens: readonly number[];
  readonly cachedTokens: number;
  readonly loadedTokens: number;
  readonly recomputedTokens: number;
  readonly finish: number;
  readonly corrupted: boolean;
  readonly queuedUs: number;
  readonly scheduledUs: number;
  readonly firstTokenUs: number;
  /** Returns how often the sequence was preempted since the last call. */
  takePreemptions(): number;
}

const COUNT_MASK = 0xffff;
const FIRST = 1 << 16;
const CORRUPTED = 1 << 17;
const FINISH_SHIFT = 18;
const FINISH_MASK = 7;
const PREEMPTIONS_SHIFT = 21;
const PREEMPTIONS_MAX = 1023;
const FLOAT = new Float64Array(1);
const FLOAT_WORDS = new Int32Array(FLOAT.buffer);

/** Builds the frame of one step for one client; used again for every step. Owner thread only. */
export class OutputFrame {
  words = new Int32Array(1024);
  length = 0;

  /** Begins the frame of a step. */
  begin(timeUs: number): void {
    this.length = 0;
    this.#reserve(2);
    this.#putFloat(timeUs);
  }

  /** Whether the frame has an output. */
  get isEmpty(): boolean {
    return this.length <= 2;
  }

  /** Adds one output: the last `count` tokens of a sequence. */
  add(id: number, source: OutputSource, output: { count: number; first: boolean }): void {
    const { count, first } = output;
    this.#reserve(count + 9);
    this.words[this.length++] = id;
    this.words[this.length++] = count | (first ? FIRST : 0) | (source.corrupted ? CORRUPTED : 0) |
      source.finish << FINISH_SHIFT |
      Math.min(source.takePreemptions(), PREEMPTIONS_MAX) << PREEMPTIONS_SHIFT;
    const { tokens } = source;
    for (let i = tokens.length - count; i < tokens.length; i++) this.words[this.length++] = tokens[i];
    if (!first) return;
    this.words[this.length++] = source.cachedTokens;
    this.words[this.length++] = source.loadedTokens;
    this.words[this.length++] = source.recomputedTokens;
    this.#putFloat((source.scheduledUs - source.queuedUs) / 1e6);
    this.#putFloat((source.firstTokenUs - source.scheduledUs) / 1e6);
  }

  /** Adds the end of a sequence that the engine refused. */
  addError(id: number): void {
    this.#reserve(2);
    this.words[this.length++] = id;
    this.words[this.length++] = FINISH.ERROR << FINISH_SHIFT;
  }

  #putFloat(value: number): void {
    FLOAT[0] = value;
    this.words[this.length++] = FLOAT_WORDS[0];
    this.words[this.length++] = FLOAT_WORDS[1];
  }

  #reserve(count: number): void {
    if (this.length + count <= this.words.length) return;
    const grown = new Int32Array(Math.max(this.words.length * 2, this.length + count));
    grown.set(this.words);
    this.words = grown;
  }
}

/** Gives the outputs of a frame to their receiver, in order. */
export function decodeOutputs(frame: Int32Array, receive: OutputReceiver): void {
  const timeUs = floatAt(frame, 0);
  for (let at = 2; at < frame.length;) {
    const id = frame[at];
    const header = frame[at + 1];
    const tokens = frame.subarray(at + 2, at + 2 + (header & COUNT_MASK));
    at += 2 + tokens.length;
    let prompt: PromptFacts | undefined;
    if ((header & FIRST) !== 0) {
      prompt = {
        cachedTokens: frame[at],
        loadedTokens: frame[at + 1],
        recomputedTokens: frame[at + 2],
        queuedSeconds: floatAt(frame, at + 3),
        prefillSeconds: floatAt(frame, at + 5),
      };
      at += 7;
    }
    receive(id, {
      timeUs,
      tokens,
      prompt,
      preemptions: header >>> PREEMPTIONS_SHIFT,
      finish: header >>> FINISH_SHIFT & FINISH_MASK,
      corrupted: (header & CORRUPTED) !== 0,
    });
  }
}

function floatAt(frame: Int32Array, at: number): number {
  FLOAT_WORDS[0] = frame[at];
  FLOAT_WORDS[1] = frame[at + 1];
  return FLOAT[0];
}
