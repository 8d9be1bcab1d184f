/**
 * What an endpoint gets to work with.
 *
 * @module
 */
import type { EngineClient } from "../client/engine_client.ts";
import type { ApiConfig } from "./api_config.ts";

/** What the API stands on; the same for all requests of a worker. */
export interface ApiServices {
  readonly config: ApiConfig;
  readonly engines: EngineClient;
  /** Seconds since the Unix epoch. */
  readonly nowSeconds?: () => number;
}

/** One request. */
export interface Call {
  readonly request: Request;
  readonly url: URL;
  /** Identifies the request in the answer and in logs. */
  readonly requestId: string;
  /** When it came, on `performance.now()`. */
  readonly arrivalMs: number;
  /** Aborts when the client has left. */
  readonly signal: () => AbortSignal;
}

/** Answers requests of one path and method. @throws {ApiError} If the request cannot be answered */
export type Endpoint = (services: ApiServices, call: Call) => Response | Promise<Response>;

/** Seconds since the Unix epoch, whole. */
export function createdNow(services: ApiServices): number {
  return Math.floor(services.nowSeconds?.() ?? Date.now() / 1000);
}

/** What sends requests of one session to one engine: a header, or the user that the body names. */
export function routingKeyOf(call: Call, user: string | undefined): string | undefined {
  return call.request.headers.get("x-session-id") ?? user;
}
