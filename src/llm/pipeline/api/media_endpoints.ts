/**
 * `/v1/audio/speech`, `/v1/images/generations` and `/v1/videos/sync` of a pipeline.
 *
 * @module
 */
import { badRequest } from "../../api/api_error.ts";
import { contextExceeded } from "../../api/prompts.ts";
import { tokenize } from "../../text/tokenizer.ts";
import type { RequestOutcome } from "./open_request.ts";
import type { RequestHandle } from "./pipeline_client.ts";
import {
  base64,
  outcomeOf,
  type PipelineCall,
  type PipelineEndpoint,
  submit,
  traceOf,
} from "./pipeline_endpoint.ts";
import type { MediaWish } from "../wire/ticket.ts";
import { encodeWav, wavHeader } from "../media/wav.ts";

const IMAGES_MAX = 10;
const SIDE_MAX = 2048;
const STEPS_MAX = 1000;
/** Under this header a client that asks for it finds what was measured of an answer that is no JSON. */
const TRACE_HEADER = "x-promslab-trace";

/** Speaks a text. */
export const speechEndpoint: PipelineEndpoint = async (call) => {
  const { fields } = call;
  const format = fields.string("response_format") ?? "wav";
  if (format !== "wav" && format !== "pcm") {
    throw badRequest(`\`response_format\` must be wav or pcm, got ${format}`, "response_format");
  }
  const input = fields.string("input");
  if (input === undefined) throw badRequest("`input` is missing", "input");
  const silent = input.trim() === "";
  const wish = {
    ...textWish(call, silent ? " " : input),
    media: silent ? { count: 0 } : undefined,
  };
  if (fields.boolean("stream")) return streamedSpeech(call, wish, format);
  const sound: Uint8Array[] = [];
  let sampleRate = speechRate(call);
  const handle = submit(call, "speech", {
    ...wish,
    streamed: false,
    onData: (bytes, head) => {
      sound.push(bytes);
      sampleRate = head.sampleRate!;
    },
  });
  const outcome = await outcomeOf(handle, call.call.signal());
  const wav = encodeWav(sampleRate, sound);
  return bytesResponse(call, outcome, format === "wav" ? wav : wav.slice(44), soundType(format));
};

/** Draws images. */
export const imagesEndpoint: PipelineEndpoint = async (call) => {
  const { fields } = call;
  const format = fields.string("response_format") ?? "b64_json";
  if (format !== "b64_json") {
    throw badRequest(`\`response_format\` must be b64_json, got ${format}`, "response_format");
  }
  const count = fields.integer("n", { min: 1, max: IMAGES_MAX }) ?? 1;
  const { outcome, files } = await draw(call, "image", count);
  return Response.json({
    created: Math.floor(Date.now() / 1000),
    data: files.map((bytes) => ({ b64_json: base64(bytes), revised_prompt: null })),
    ...(call.traced ? { trace: traceOf(outcome) } : {}),
  });
};

/** Makes a video and waits for it. */
export const videoEndpoint: PipelineEndpoint = async (call) => {
  const { pipeline } = call.services;
  const stages = pipeline.routes.video ?? [];
  const decoder = pipeline.stages[stages[stages.length - 1]];
  const own = decoder?.kind === "video" ? decoder.frames : 1;
  const count = call.fields.integer("num_frames", { min: 1, max: 1000 }) ?? own;
  const { outcome, files } = await draw(call, "video", count);
  return bytesResponse(call, outcome, files[0], "image/apng");
};

/** Runs a request whose answer is pictures, and puts their parts together. */
async function draw(
  call: PipelineCall,
  route: "image" | "video",
  count: number,
): Promise<{ outcome: RequestOutcome; files: Uint8Array<ArrayBuffer>[] }> {
  const { fields } = call;
  const prompt = fields.string("prompt");
  if (prompt === undefined || prompt === "") throw badRequest("`prompt` is missing", "prompt");
  const steps = fields.integer("num_inference_steps", { min: 1, max: STEPS_MAX });
  const parts: Uint8Array<ArrayBuffer>[][] = [];
  const handle: RequestHandle = submit(call, route, {
    ...textWish(call, prompt),
    media: { ...sizeOf(call), steps, count },
    streamed: false,
    onData: (bytes, head) => {
      (parts[head.index] ??= []).push(bytes);
    },
  });
  const outcome = await outcomeOf(handle, call.call.signal());
  const files = await Promise.all(parts.map((file) => new Blob(file).arrayBuffer()));
  return { outcome, files: files.map((file) => new Uint8Array(file)) };
}

function sizeOf({ fields }: PipelineCall): Pick<MediaWish, "width" | "height"> {
  const size = fields.string("size");
  if (size === undefined || size === "auto") return {};
  const [, width, height] = /^(\d{1,4})x(\d{1,4})$/.exec(size) ?? [];
  const sides = [Number(width), Number(height)];
  if (!sides.every((side) => side >= 8 && side <= SIDE_MAX)) {
    throw badRequest(
      `\`size\` must be such as 512x512, each side from 8 to ${SIDE_MAX}, got ${size}`,
      "size",
    );
  }
  return { width: sides[0], height: sides[1] };
}

/** What a request of plain text asks of its first stage. */
function textWish({ services, fields }: PipelineCall, text: string) {
  const { maxModelLen } = services.config;
  const prompt = tokenize(text);
  if (prompt.length >= maxModelLen) {
    throw contextExceeded({ tokensMax: maxModelLen, what: `${prompt.length} tokens` });
  }
  const asked = fields.integer("max_tokens", { min: 1, max: maxModelLen - prompt.length });
  return {
    prompt,
    // As many tokens as were given: a text is spoken, or described anew, at its own length.
    maxTokens: asked ?? Math.min(prompt.length * 2, maxModelLen - prompt.length),
    limited: true,
    ignoreEos: true,
    textStep: -1,
  };
}

/** Packets as they come: the length of the whole is not known when its header is written. */
function streamedSpeech(
  call: PipelineCall,
  wish: ReturnType<typeof textWish> & { media: MediaWish | undefined },
  format: string,
): Response {
  let controller!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  let open = true;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (given) => {
      controller = given;
    },
    cancel: () => {
      open = false;
      handle.abort();
    },
  });
  const handle = submit(call, "speech", {
    ...wish,
    streamed: true,
    onData: (bytes) => {
      if (open) controller.enqueue(bytes);
    },
  });
  if (format === "wav") controller.enqueue(wavHeader(speechRate(call), undefined));
  void handle.ended.then(({ failure }) => {
    if (!open) return;
    open = false;
    if (failure === undefined) controller.close();
    else controller.error(new Error("A stage was lost or failed while it worked on this request"));
  });
  return new Response(body, { headers: { "content-type": soundType(format) } });
}

function speechRate({ services: { pipeline } }: PipelineCall): number {
  const stages = pipeline.routes.speech ?? [];
  const last = pipeline.stages[stages[stages.length - 1]];
  return last?.kind === "audio" ? last.sampleRate : 0;
}

function soundType(format: string): string {
  return format === "wav" ? "audio/wav" : "audio/pcm";
}

function bytesResponse(
  call: PipelineCall,
  outcome: RequestOutcome,
  bytes: Uint8Array<ArrayBuffer>,
  type: string,
): Response {
  const headers = new Headers({ "content-type": type });
  if (call.traced) headers.set(TRACE_HEADER, JSON.stringify(traceOf(outcome)));
  return new Response(bytes, { headers });
}
