/**
 * `/v1/chat/completions` of a pipeline: text, and by `modalities` audio with it.
 *
 * @module
 */
import { badRequest } from "../../api/api_error.ts";
import { EventStream } from "../../api/event_stream.ts";
import { readChat } from "../../api/prompts.ts";
import { type Usage, usageOf } from "../../api/usage.ts";
import { FINISH_REASONS } from "../../engine/sequence.ts";
import { Detokenizer } from "../../text/tokenizer.ts";
import type { RequestOutcome, RequestWish } from "./open_request.ts";
import {
  base64,
  failureOf,
  outcomeOf,
  type PipelineCall,
  type PipelineEndpoint,
  submit,
  traceOf,
} from "./pipeline_endpoint.ts";
import { encodeWav } from "../media/wav.ts";

/** How audio is wanted. */
interface ChatWish {
  readonly audio: boolean;
  readonly format: string;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly request: Omit<RequestWish, "arrivalMs" | "traced" | "routingKey" | "seed" | "onTokens" | "onData">;
}

/** Answers a chat. */
export const chatEndpoint: PipelineEndpoint = (call) => {
  const wish = readWish(call);
  return wish.stream ? streamed(call, wish) : whole(call, wish);
};

function readWish({ fields, services }: PipelineCall): ChatWish {
  const { config } = services;
  const modalities = fields.strings("modalities");
  const unknown = modalities.find((modality) => modality !== "text" && modality !== "audio");
  if (unknown !== undefined) {
    throw badRequest(`\`modalities\` may have text and audio, got ${unknown}`, "modalities");
  }
  const audio = modalities.includes("audio");
  const stream = fields.boolean("stream") ?? false;
  const format = fields.object("audio")?.string("format") ?? (stream ? "pcm16" : "wav");
  if (audio && format !== (stream ? "pcm16" : "wav") && format !== "pcm16") {
    throw badRequest(`\`audio.format\` must be ${stream ? "pcm16" : "wav or pcm16"}, got ${format}`, "audio");
  }
  const { tokens } = readChat(fields, { tokensMax: config.maxModelLen });
  const asked = fields.integer("max_completion_tokens", { min: 1 }) ??
    fields.integer("max_tokens", { min: 1 });
  const room = config.maxModelLen - tokens.length;
  if (room < 1 || (asked ?? 1) > room) {
    throw badRequest(
      `This model's maximum context length is ${config.maxModelLen} tokens and your request has ${tokens.length} ` +
        `input tokens and asks for ${asked ?? 1} more`,
      "max_tokens",
    );
  }
  return {
    audio,
    format,
    stream,
    includeUsage: fields.object("stream_options")?.boolean("include_usage") ?? false,
    request: {
      prompt: tokens,
      maxTokens: asked ?? room,
      limited: asked !== undefined,
      ignoreEos: fields.boolean("ignore_eos") ?? false,
      textStep: 0,
      streamed: stream,
    },
  };
}

async function whole(call: PipelineCall, wish: ChatWish): Promise<Response> {
  const text = new Detokenizer();
  let content = "";
  const sound: Uint8Array[] = [];
  let sampleRate = 0;
  const handle = submit(call, wish.audio ? "audio" : "text", {
    ...wish.request,
    onTokens: (tokens) => {
      for (const token of tokens) content += text.push(token);
    },
    onData: (bytes, head) => {
      sound.push(bytes);
      sampleRate = head.sampleRate!;
    },
  });
  const outcome = await outcomeOf(handle, call.call.signal());
  content += text.end();
  const message: Record<string, unknown> = { role: "assistant", content, refusal: null };
  if (wish.audio) {
    const wav = encodeWav(sampleRate, sound);
    const data = base64(wish.format === "wav" ? wav : wav.subarray(44));
    message.content = null;
    message.audio = {
      id: `audio-${call.call.requestId}`,
      data,
      transcript: content,
      expires_at: nowSeconds(),
    };
  }
  return Response.json({
    ...headOf(call, "chat.completion"),
    choices: [{ index: 0, message, logprobs: null, finish_reason: FINISH_REASONS[outcome.finish] }],
    usage: usage(outcome, wish),
    ...(call.traced ? { trace: traceOf(outcome) } : {}),
  });
}

function streamed(call: PipelineCall, wish: ChatWish): Response {
  const events = new EventStream(() => handle.abort());
  const head = headOf(call, "chat.completion.chunk");
  const text = new Detokenizer();
  let role: { role?: string } = { role: "assistant" };
  const send = (delta: unknown, finish: string | null = null) =>
    events.send(JSON.stringify({
      ...head,
      choices: [{ index: 0, delta: { ...role, ...delta as object }, logprobs: null, finish_reason: finish }],
    }));
  const handle = submit(call, wish.audio ? "audio" : "text", {
    ...wish.request,
    onTokens: (tokens) => {
      let content = "";
      for (const token of tokens) content += text.push(token);
      send(wish.audio ? { audio: { transcript: content } } : { content });
      role = {};
    },
    onData: (bytes) => {
      send({ audio: { id: `audio-${call.call.requestId}`, data: base64(bytes) } });
      role = {};
    },
  });
  void handle.ended.then((outcome) => {
    const failure = failureOf(outcome);
    if (failure !== undefined) events.send(JSON.stringify(failure));
    else {
      send({}, FINISH_REASONS[outcome.finish]);
      const trace = call.traced ? { trace: traceOf(outcome) } : {};
      if (wish.includeUsage || call.traced) {
        events.send(JSON.stringify({ ...head, choices: [], usage: usage(outcome, wish), ...trace }));
      }
    }
    events.end();
  });
  return events.toResponse();
}

/** The client's tokens: its prompt, and the text that it got. */
function usage({ textTokens }: RequestOutcome, { request }: ChatWish): Usage {
  return usageOf({ prompt: request.prompt.length, completion: textTokens, cached: 0 });
}

function headOf(call: PipelineCall, object: string) {
  return { id: `chatcmpl-${call.call.requestId}`, object, created: nowSeconds(), model: call.model };
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
