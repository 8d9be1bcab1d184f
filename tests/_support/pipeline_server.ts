/**
 * A whole LLM server with a pipeline, for tests: real threads, real ports, fast time.
 *
 * @module
 */
import type { LlmServeOptions, PipelineControl } from "../../src/llm/mod.ts";
import type { HopTrace, StageReport } from "../../src/llm/pipeline/wire/ticket.ts";
import type { RequestTrace } from "../../src/llm/pipeline/pipeline_metrics.ts";
import { LlmTestServer } from "./llm_server.ts";

/** What a traced answer says. */
export interface Trace {
  readonly stages: readonly StageReport[];
  readonly request: RequestTrace;
}

/** A hop of a trace. */
export type { HopTrace };

/** A stage of a description. */
export type StageJson = Record<string, unknown> & { name: string };

/** Names of the stages of {@linkcode omniPipeline}, by their number. */
export const STAGE = { thinker: 0, talker: 1, vocoder: 2, denoiser: 3, imager: 4, filmer: 5 } as const;

/** Gauges of what is under way: 0 while nothing is. */
export const AT_REST = [
  "vllm:omni_num_requests_running",
  "vllm:omni_num_requests_waiting",
  "vllm:omni_stage_waiting_requests",
  "vllm:num_requests_running",
  "vllm:num_requests_waiting",
  "vllm:kv_cache_usage_perc",
] as const;

/** A pipeline of every kind, without waiting unless told otherwise; small pictures, low sample rate. */
export function omniPipeline(changes: Partial<Record<keyof typeof STAGE, object>> = {}, root: object = {}) {
  const engine = { profile: "instant", maxModelLen: 1024 };
  const stages: StageJson[] = [
    { name: "thinker", kind: "llm", replicas: 2, engine },
    { name: "talker", kind: "llm", chunkTokens: 4, engine },
    { name: "vocoder", kind: "audio", replicas: 2, sampleRate: 8000, framesPerToken: 80, tokenMs: 0 },
    { name: "denoiser", kind: "diffusion", steps: 3, stepMs: 0, preprocessMs: 0, postprocessMs: 0 },
    { name: "imager", kind: "image", width: 16, height: 8, decodeMs: 0 },
    { name: "filmer", kind: "video", width: 16, height: 8, frames: 3, decodeMs: 0 },
  ].map((stage) => ({ ...stage, ...changes[stage.name as keyof typeof STAGE] }));
  return {
    model: "omni",
    stages,
    edges: [
      { from: "thinker", to: "talker", bytesPerToken: 256 },
      { from: "talker", to: "vocoder", bytesPerToken: 16 },
      { from: "thinker", to: "denoiser", bytesPerToken: 256 },
      { from: "denoiser", to: "imager", ringKiB: 64 },
      { from: "denoiser", to: "filmer", ringKiB: 64 },
    ],
    routes: {
      text: ["thinker"],
      audio: ["thinker", "talker", "vocoder"],
      speech: ["talker", "vocoder"],
      image: ["thinker", "denoiser", "imager"],
      video: ["thinker", "denoiser", "filmer"],
    },
    ...root,
  };
}

/** Starts it. */
export function startPipeline(
  pipeline: object = omniPipeline(),
  options: LlmServeOptions = {},
): Promise<LlmTestServer> {
  return LlmTestServer.start({ pipeline: JSON.stringify(pipeline), ...options });
}

/** The stages of a server that has them. */
export function stagesOf({ server }: LlmTestServer): PipelineControl {
  if (server.stages === undefined) throw new Error("Cannot reach the stages: the server has no pipeline");
  return server.stages;
}

/** The kinds of requests that a pipeline answers. A text never ends by chance, so what is counted is known. */
export const REQUESTS = {
  text: {
    path: "/v1/chat/completions",
    body: { messages: [{ role: "user", content: "Hi" }], max_tokens: 6, ignore_eos: true },
  },
  audio: {
    path: "/v1/chat/completions",
    body: {
      messages: [{ role: "user", content: "Hi" }],
      max_tokens: 6,
      ignore_eos: true,
      modalities: ["text", "audio"],
    },
  },
  stream: {
    path: "/v1/chat/completions",
    body: {
      messages: [{ role: "user", content: "Hi" }],
      max_tokens: 6,
      ignore_eos: true,
      modalities: ["text", "audio"],
      stream: true,
    },
  },
  speech: { path: "/v1/audio/speech", body: { input: "Good morning to you" } },
  image: { path: "/v1/images/generations", body: { prompt: "A fox", n: 2 } },
  video: { path: "/v1/videos/sync", body: { prompt: "A fox" } },
} as const;
/** One of {@linkcode REQUESTS}. */
export type RequestKind = keyof typeof REQUESTS;

/** Sends a request of a kind. */
export function ask(server: LlmTestServer, kind: RequestKind, body: object = {}, init?: RequestInit) {
  return server.post(REQUESTS[kind].path, { ...REQUESTS[kind].body, ...body }, init);
}

/** An answer, as a client has it: its bytes, and what was measured of it. */
export interface TracedAnswer {
  readonly trace: Trace;
  /** Milliseconds until the whole answer was there, by the client's clock. */
  readonly milliseconds: number;
  /** Tokens of text, by the answer's usage; 0 if it has none. */
  readonly textTokens: number;
  /** Bytes of sound, without a header. */
  readonly soundBytes: number;
  /** Files of pictures. */
  readonly pictures: readonly Uint8Array<ArrayBuffer>[];
}

/** Sends a request and returns its answer with what was measured of it. */
export async function askTraced(
  server: LlmTestServer,
  kind: RequestKind,
  body: object = {},
): Promise<TracedAnswer> {
  const startMs = performance.now();
  const response = await ask(server, kind, { ...body, trace: true });
  const bytes = new Uint8Array(await response.arrayBuffer());
  const milliseconds = performance.now() - startMs;
  const text = () => new TextDecoder().decode(bytes);
  if (response.status !== 200) throw new Error(`${kind}: ${response.status} ${text()}`);
  const none = { milliseconds, textTokens: 0, soundBytes: 0, pictures: [] };
  const header = response.headers.get("x-promslab-trace");
  if (header !== null) {
    const trace = JSON.parse(header);
    if (kind === "video") return { ...none, trace, pictures: [bytes] };
    return { ...none, trace, soundBytes: bytes.length - WAV_HEADER_BYTES };
  }
  if (kind !== "stream") {
    const { trace, usage, data = [], choices } = JSON.parse(text());
    const sound = choices?.[0].message.audio?.data;
    return {
      trace,
      milliseconds,
      textTokens: usage?.completion_tokens ?? 0,
      soundBytes: sound === undefined ? 0 : bytesOf(sound).length - WAV_HEADER_BYTES,
      pictures: data.map(({ b64_json }: { b64_json: string }) => bytesOf(b64_json)),
    };
  }
  const events = text().split("\n").filter((line) => line.startsWith("data: {"))
    .map((line) => JSON.parse(line.slice(6)));
  const parts = events.map(({ choices }) => choices[0]?.delta.audio?.data).filter((data) =>
    data !== undefined
  );
  const { trace, usage } = events.find((event) => event.trace !== undefined);
  const soundBytes = parts.reduce((sum, data) => sum + bytesOf(data).length, 0);
  return { ...none, trace, textTokens: usage.completion_tokens, soundBytes };
}

const WAV_HEADER_BYTES = 44;

/** What a base64 text stands for. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
