/**
 * Runs the sequences of one request and answers with what they give, as a stream of events or as a whole.
 *
 * @module
 */
import type { EngineClient, Generation, GenerationHandle } from "../client/engine_client.ts";
import { FINISH } from "../engine/sequence.ts";
import { ApiError } from "./api_error.ts";
import { Choice, type ChoiceEvents, type Delta } from "./choice.ts";
import { EventStream } from "./event_stream.ts";
import type { TokenLogprob } from "./logprobs.ts";
import type { Prompt } from "./prompts.ts";
import type { AnswerHead, ResponseShape, WholeChoice } from "./response_shape.ts";
import type { Sampling } from "./sampling.ts";
import { type Usage, usageOf } from "./usage.ts";

/** What is to be answered. */
export interface Question {
  readonly prompts: readonly Prompt[];
  /** For each prompt the text that its choices begin with; undefined if they begin with the answer. */
  readonly echoes?: readonly string[];
  /** New tokens at most, for each prompt. */
  readonly limits: readonly number[];
  readonly sampling: Sampling;
  readonly shape: ResponseShape;
  readonly head: AnswerHead;
  /** When the request came, on `performance.now()`. */
  readonly arrivalMs: number;
  readonly routingKey?: string;
  /** Aborts when the client has left. */
  readonly signal: () => AbortSignal;
}

/** Answers a question. @throws {EngineUnavailableError} If no engine is there */
export function answer(client: EngineClient, question: Question): Promise<Response> | Response {
  if (question.sampling.stream) return new StreamedAnswer(client, question).toResponse();
  return new WholeAnswer(client, question).toResponse();
}

/** What both ways of answering have in common. */
abstract class Answer implements ChoiceEvents {
  protected readonly question: Question;
  protected readonly choices: Choice[] = [];
  readonly #handles: GenerationHandle[] = [];
  #open: number;

  constructor(client: EngineClient, question: Question) {
    this.question = question;
    const { prompts, sampling } = question;
    this.#open = prompts.length * sampling.n;
    for (let p = 0; p < prompts.length; p++) {
      const sequences = Array.from({ length: sampling.n }, (_, i) => {
        const choice = new Choice(p * sampling.n + i, { sampling, events: this });
        this.choices.push(choice);
        return { generation: generationOf(question, { prompt: p, copy: i }), listener: choice };
      });
      this.#start(client, sequences);
    }
  }

  #start(client: EngineClient, sequences: Parameters<EngineClient["generate"]>[0]): void {
    const { arrivalMs, routingKey } = this.question;
    try {
      this.#handles.push(...client.generate(sequences, { arrivalMs, routingKey }));
    } catch (error) {
      this.abort();
      throw error;
    }
  }

  abstract delta(choice: Choice, delta: Delta): void;
  abstract failed(choice: Choice, reason: number): void;

  /** Ends all sequences, because nobody wants them any more. */
  protected abort(): void {
    for (const handle of this.#handles) handle.abort();
  }

  /** Counts a choice that has ended; true if it was the last one. */
  protected isLast(): boolean {
    return --this.#open === 0;
  }

  /** Usage so far. */
  protected usage(): Usage {
    const { prompts, sampling } = this.question;
    const perPrompt = this.choices.filter((choice) => choice.index % sampling.n === 0);
    return usageOf({
      prompt: prompts.reduce((sum, { tokens }) => sum + tokens.length, 0),
      completion: this.choices.reduce((sum, { tokenCount }) => sum + tokenCount, 0),
      cached: perPrompt.reduce((sum, { cachedTokens }) => sum + cachedTokens, 0),
    });
  }

  protected echo(choice: Choice): string {
    return this.question.echoes?.[Math.floor(choice.index / this.question.sampling.n)] ?? "";
  }
}

/** Each part is sent when it comes. */
class StreamedAnswer extends Answer {
  readonly #events = new EventStream(() => this.abort());
  readonly #chunks;
  /** How many characters of each choice have been sent; -1 before the first part. */
  readonly #sent: number[];

  constructor(client: EngineClient, question: Question) {
    super(client, question);
    this.#chunks = question.shape.chunk(question.head);
    this.#sent = this.choices.map(() => -1);
  }

  delta(choice: Choice, delta: Delta): void {
    const first = this.#sent[choice.index] < 0;
    const echo = first ? this.echo(choice) : "";
    const told = first ? { ...delta, text: echo + delta.text } : delta;
    // Log probabilities are told of new tokens only, and those stand behind the echo.
    const textOffset = first ? echo.length : this.#sent[choice.index];
    this.#sent[choice.index] = textOffset + delta.text.length;
    const chunk = this.#chunks.delta(choice, told, { first, textOffset });
    const usage = this.question.sampling.continuousUsage ? `,"usage":${JSON.stringify(this.usage())}` : "";
    this.#events.send(`${chunk}${usage}}`);
    if (delta.finishReason === null || !this.isLast()) return;
    if (this.question.sampling.includeUsage) this.#events.send(`${this.#chunks.usage(this.usage())}}`);
    this.#events.end();
  }

  failed(_choice: Choice, reason: number): void {
    this.#events.send(JSON.stringify(failure(reason)));
    this.abort();
    this.#events.end();
  }

  toResponse(): Response {
    return this.#events.toResponse();
  }
}

/** All parts are collected. */
class WholeAnswer extends Answer {
  readonly #parts: { text: string; logprobs: TokenLogprob[] | undefined; last: Delta | undefined }[];
  readonly #done = Promise.withResolvers<void>();

  constructor(client: EngineClient, question: Question) {
    super(client, question);
    const logprobs = question.sampling.logprobs;
    this.#parts = this.choices.map((choice) => ({
      text: this.echo(choice),
      logprobs: logprobs === undefined ? undefined : [],
      last: undefined,
    }));
    const left = () => {
      this.abort();
      this.#done.reject(new ApiError(499, "The client has left"));
    };
    const signal = question.signal();
    if (signal.aborted) left();
    else signal.addEventListener("abort", left, { once: true });
    this.#done.promise.catch(() => {}).finally(() => signal.removeEventListener("abort", left));
  }

  delta(choice: Choice, delta: Delta): void {
    const part = this.#parts[choice.index];
    part.text += delta.text;
    part.logprobs?.push(...delta.logprobs ?? []);
    if (delta.finishReason === null) return;
    part.last = delta;
    if (this.isLast()) this.#done.resolve();
  }

  failed(_choice: Choice, reason: number): void {
    this.abort();
    this.#done.reject(failure(reason));
  }

  async toResponse(): Promise<Response> {
    await this.#done.promise;
    const { shape, head } = this.question;
    const choices = this.#parts.map(({ text, logprobs, last }, index): WholeChoice => ({
      index,
      text,
      newTextOffset: this.echo(this.choices[index]).length,
      logprobs,
      finishReason: last!.finishReason,
      stopReason: last!.stopReason,
    }));
    return Response.json(shape.whole(head, choices, this.usage()));
  }
}

function generationOf(question: Question, at: { prompt: number; copy: number }): Generation {
  const { sampling } = question;
  const { tokens, items } = question.prompts[at.prompt];
  return {
    promptTokens: tokens,
    maxTokens: question.limits[at.prompt],
    limited: sampling.maxTokens !== undefined,
    minTokens: sampling.minTokens,
    ignoreEos: sampling.ignoreEos,
    seed: (sampling.seed ?? Math.random() * 2 ** 32) + at.copy | 0,
    adapter: sampling.adapter,
    cacheSalt: sampling.cacheSalt,
    // The copies of a prompt share its images.
    items: at.copy === 0 ? items : [],
  };
}

function failure(reason: number): ApiError {
  if (reason === FINISH.ABORT) {
    return new ApiError(503, "The engine was lost while it worked on this request");
  }
  return new ApiError(500, "The engine failed while it worked on this request");
}
