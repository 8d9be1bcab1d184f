/**
 * What the endpoints of a pipeline have in common.
 *
 * @module
 */
import { ApiError, badRequest } from "../../api/api_error.ts";
import type { ApiConfig } from "../../api/api_config.ts";
import type { Call, Endpoint } from "../../api/endpoint.ts";
import { routingKeyOf } from "../../api/endpoint.ts";
import type { Fields } from "../../api/fields.ts";
import { readBody } from "../../api/read_body.ts";
import { readModel } from "../../api/sampling.ts";
import { FrameTooLongError } from "../../replica/frame_queue.ts";
import type { PipelineDescription, RouteName } from "../description.ts";
import type { RequestOutcome, RequestWish } from "./open_request.ts";
import type { PipelineClient, RequestHandle } from "./pipeline_client.ts";
import { sharedNowMs } from "../wire/shared_clock.ts";

/** What the endpoints stand on. */
export interface PipelineServices {
  readonly config: ApiConfig;
  readonly pipeline: PipelineDescription;
  readonly client: PipelineClient;
}

/** A request that was read as far as all endpoints do. */
export interface PipelineCall {
  readonly services: PipelineServices;
  readonly call: Call;
  readonly fields: Fields;
  /** The name that the client used. */
  readonly model: string;
  /** Whether the client wants to know what was measured. */
  readonly traced: boolean;
}

/** Answers one request. @throws {ApiError} If it cannot be answered */
export type PipelineEndpoint = (call: PipelineCall) => Response | Promise<Response>;

/** An endpoint of the API out of one of a pipeline. */
export function pipelineEndpoint(services: PipelineServices, answer: PipelineEndpoint): Endpoint {
  return async (_, call) => {
    const fields = await readBody(call.request, services.config.bodyBytesMax);
    const { model } = readModel(fields, services.config);
    return answer({ services, call, fields, model, traced: fields.boolean("trace") ?? false });
  };
}

/** Sends a request into the pipeline. @throws {ApiError} If it has no such route, too many wait, or the prompt is too long */
export function submit(
  { services, call, fields, traced }: PipelineCall,
  route: RouteName,
  wish: Omit<RequestWish, "arrivalMs" | "traced" | "routingKey" | "seed">,
): RequestHandle {
  const { client, config, pipeline } = services;
  if (pipeline.routes[route] === undefined) {
    throw badRequest(`The model \`${pipeline.model}\` gives no ${route}`);
  }
  if (client.waitingCount >= config.maxWaiting) {
    throw new ApiError(429, `Too many requests are waiting: ${client.waitingCount}`, {
      retryAfterSeconds: 1,
    });
  }
  const request: RequestWish = {
    ...wish,
    traced,
    seed: fields.integer("seed") ?? Math.floor(Math.random() * 2 ** 31),
    arrivalMs: sharedNowMs() - (performance.now() - call.arrivalMs),
    routingKey: routingKeyOf(call, fields.string("user")),
  };
  try {
    return client.submit(route, request);
  } catch (error) {
    if (!(error instanceof FrameTooLongError)) throw error;
    throw badRequest(`The prompt of ${wish.prompt.length} tokens is too long for the model's first stage`);
  }
}

/** How a request ended, when it has; if the client leaves before that it is aborted. @throws {ApiError} If it failed */
export async function outcomeOf(handle: RequestHandle, signal: AbortSignal): Promise<RequestOutcome> {
  const left = () => handle.abort();
  if (signal.aborted) left();
  else signal.addEventListener("abort", left, { once: true });
  const outcome = await handle.ended;
  signal.removeEventListener("abort", left);
  if (signal.aborted) throw new ApiError(499, "The client has left");
  const failure = failureOf(outcome);
  if (failure !== undefined) throw failure;
  return outcome;
}

/** What to tell the client of a request that did not end by itself. */
export function failureOf({ failure }: RequestOutcome): ApiError | undefined {
  if (failure === undefined) return undefined;
  if (failure.reason === "replica_lost") {
    return new ApiError(503, "A stage was lost while it worked on this request");
  }
  return new ApiError(500, "A stage failed while it worked on this request");
}

/** What was measured, for a client that asked. */
export function traceOf({ reports, trace }: RequestOutcome): Record<string, unknown> {
  return { stages: reports, request: trace };
}

/** Bytes in base64. */
export function base64(bytes: Uint8Array): string {
  let text = "";
  const PIECE = 0x8000;
  for (let at = 0; at < bytes.length; at += PIECE) {
    text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  }
  return btoa(text);
}
