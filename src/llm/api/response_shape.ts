/**
 * The two shapes in which completions are told: as chats and as plain text.
 *
 * @module
 */
import type { Choice, Delta } from "./choice.ts";
import { completionLogprobs, type TokenLogprob } from "./logprobs.ts";
import type { Usage } from "./usage.ts";

/** What every part of an answer repeats. */
export interface AnswerHead {
  readonly id: string;
  /** Seconds since the Unix epoch. */
  readonly created: number;
  readonly model: string;
}

/** A choice that has ended, with all of its text. */
export interface WholeChoice {
  readonly index: number;
  readonly text: string;
  /** Where the new text begins in it, behind an echoed prompt. */
  readonly newTextOffset: number;
  readonly logprobs: readonly TokenLogprob[] | undefined;
  readonly finishReason: string | null;
  readonly stopReason: string | number | null;
}

/** How an endpoint words its answers. */
export interface ResponseShape {
  /** What ids begin with. */
  readonly idPrefix: string;
  /** The object that an event of a stream carries, as JSON, without its closing brace. */
  chunk(head: AnswerHead): ChunkWriter;
  /** The object that is the whole answer. */
  whole(head: AnswerHead, choices: readonly WholeChoice[], usage: Usage): unknown;
}

/** Writes the events of one stream. */
export interface ChunkWriter {
  /** A part of a choice, without its closing brace. `textOffset` is where its new text begins in the choice's. */
  delta(choice: Choice, delta: Delta, part: { first: boolean; textOffset: number }): string;
  /** The event without choices that tells the usage. */
  usage(usage: Usage): string;
}

/** `/v1/chat/completions`. */
export const CHAT_SHAPE: ResponseShape = {
  idPrefix: "chatcmpl-",
  chunk(head) {
    const start = chunkStart("chat.completion.chunk", head);
    return {
      delta(choice, delta, part) {
        // WHY: the role comes with the first token and not before it, because clients take the first event with a
        // choice as the first token.
        const role = part.first ? '"role":"assistant",' : "";
        const logprobs = delta.logprobs === undefined ? "null" : JSON.stringify({ content: delta.logprobs });
        return `${start}[{"index":${choice.index},"delta":{${role}"content":${JSON.stringify(delta.text)}},` +
          `"logprobs":${logprobs},${endOf(delta)}}]`;
      },
      usage: (usage) => `${start}[],"usage":${JSON.stringify(usage)}`,
    };
  },
  whole(head, choices, usage) {
    return {
      ...head,
      object: "chat.completion",
      choices: choices.map(({ index, text, logprobs, finishReason, stopReason }) => ({
        index,
        message: { role: "assistant", content: text, refusal: null },
        logprobs: logprobs === undefined ? null : { content: logprobs },
        finish_reason: finishReason,
        stop_reason: stopReason,
      })),
      usage,
    };
  },
};

/** `/v1/completions`. */
export const COMPLETION_SHAPE: ResponseShape = {
  idPrefix: "cmpl-",
  chunk(head) {
    const start = chunkStart("text_completion", head);
    return {
      delta(choice, delta, part) {
        const logprobs = delta.logprobs === undefined
          ? "null"
          : JSON.stringify(completionLogprobs(delta.logprobs, part.textOffset));
        return `${start}[{"index":${choice.index},"text":${
          JSON.stringify(delta.text)
        },"logprobs":${logprobs},` +
          `${endOf(delta)}}]`;
      },
      usage: (usage) => `${start}[],"usage":${JSON.stringify(usage)}`,
    };
  },
  whole(head, choices, usage) {
    return {
      ...head,
      object: "text_completion",
      choices: choices.map(({ index, text, newTextOffset, logprobs, finishReason, stopReason }) => ({
        index,
        text,
        logprobs: logprobs === undefined ? null : completionLogprobs(logprobs, newTextOffset),
        finish_reason: finishReason,
        stop_reason: stopReason,
      })),
      usage,
    };
  },
};

function chunkStart(object: string, head: AnswerHead): string {
  const { id, created, model } = head;
  return `${JSON.stringify({ id, object, created, model }).slice(0, -1)},"choices":`;
}

function endOf(delta: Delta): string {
  if (delta.finishReason === null) return '"finish_reason":null';
  return `"finish_reason":${JSON.stringify(delta.finishReason)},"stop_reason":${
    JSON.stringify(delta.stopReason)
  }`;
}
