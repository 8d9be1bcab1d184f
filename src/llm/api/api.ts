/**
 * The OpenAI-compatible API as one function from request to response.
 *
 * @module
 */
import { EngineUnavailableError } from "../client/engine_client.ts";
import { ApiError, reportFault, toApiError } from "./api_error.ts";
import { showsKey } from "./api_keys.ts";
import { embeddings } from "./embeddings.ts";
import type { ApiServices, Call, Endpoint } from "./endpoint.ts";
import { injectedFailure } from "./failure_injector.ts";
import { chatCompletions, completions } from "./generate.ts";
import { LOAD_FORMAT_HEADER, LOAD_HEADER, loadReport } from "./orca_report.ts";
import { detokenizeTokens, getModel, listModels, tokenizeText } from "./model_endpoints.ts";
import { health, isSleeping, load, resetPrefixCache, sleep, version, wakeUp } from "./server_endpoints.ts";

/** A path and what answers it. */
export interface Route {
  readonly path: string;
  readonly methods: Readonly<Record<string, Endpoint>>;
  /** Whether keys are asked for and failures are made up. */
  readonly guarded: boolean;
}

/** What the server knows of a request; its own context has all of it. */
export interface ApiContext {
  /** The request's id, if the server has given it one. */
  readonly requestId?: string;
  /** Aborts when the client has left. Default: the request's own signal. */
  readonly signal?: AbortSignal;
  /** Set to the route's path, for the labels of the HTTP families. */
  route?: string;
}

/** Answers requests; never rejects. */
export type ApiHandler = (request: Request, context?: ApiContext) => Promise<Response>;

const ROUTES: readonly Route[] = [
  { path: "/v1/chat/completions", methods: { POST: chatCompletions }, guarded: true },
  { path: "/v1/completions", methods: { POST: completions }, guarded: true },
  { path: "/v1/embeddings", methods: { POST: embeddings }, guarded: true },
  { path: "/v1/models", methods: { GET: listModels }, guarded: true },
  { path: "/tokenize", methods: { POST: tokenizeText }, guarded: false },
  { path: "/detokenize", methods: { POST: detokenizeTokens }, guarded: false },
  { path: "/health", methods: { GET: health }, guarded: false },
  { path: "/ping", methods: { GET: health, POST: health }, guarded: false },
  { path: "/version", methods: { GET: version }, guarded: false },
  { path: "/load", methods: { GET: load }, guarded: false },
];
/** What any server of models answers, whatever runs them. */
export const COMMON_ROUTES: readonly Route[] = ROUTES.filter(({ path }) =>
  !["/v1/chat/completions", "/v1/completions", "/v1/embeddings"].includes(path)
);
const MODEL_ROUTE: Route = { path: "/v1/models/{model}", methods: { GET: getModel }, guarded: true };
const SLEEP_ROUTES: readonly Route[] = [
  { path: "/sleep", methods: { POST: sleep }, guarded: false },
  { path: "/wake_up", methods: { POST: wakeUp }, guarded: false },
  { path: "/is_sleeping", methods: { GET: isSleeping }, guarded: false },
  { path: "/reset_prefix_cache", methods: { POST: resetPrefixCache }, guarded: false },
];

/**
 * Makes the API of one worker.
 *
 * @param known what it answers; all that an engine can do if left out
 */
export function createApi(services: ApiServices, known: readonly Route[] = ROUTES): ApiHandler {
  const routes = new Map(
    [...known, ...(services.config.sleepMode ? SLEEP_ROUTES : [])].map((r) => [r.path, r]),
  );
  return async (request, context = {}) => {
    const arrivalMs = performance.now();
    const requestId = context.requestId ?? request.headers.get("x-request-id") ?? crypto.randomUUID();
    let response: Response;
    try {
      const url = new URL(request.url);
      // Looked at only where a client that leaves is not noticed otherwise: a server may pay for the signal.
      const signal = () => context.signal ?? request.signal;
      response = await dispatch(services, { request, url, requestId, arrivalMs, signal }, {
        routes,
        context,
      });
    } catch (error) {
      const unavailable = error instanceof EngineUnavailableError;
      const known = unavailable ? new ApiError(503, "No engine is running", { retryAfterSeconds: 1 }) : error;
      reportFault(known, context);
      response = toApiError(known).toResponse();
    }
    decorate(response, { request, requestId, services });
    return response;
  };
}

function dispatch(
  services: ApiServices,
  call: Call,
  options: { routes: ReadonlyMap<string, Route>; context: ApiContext },
): Response | Promise<Response> {
  const { pathname } = call.url;
  const route = options.routes.get(pathname) ??
    (pathname.startsWith("/v1/models/") ? MODEL_ROUTE : undefined);
  if (route === undefined) throw new ApiError(404, `There is nothing at ${pathname}`);
  options.context.route = route.path;
  const { method } = call.request;
  const endpoint = route.methods[method] ?? (method === "HEAD" ? route.methods.GET : undefined);
  if (endpoint === undefined) throw new ApiError(405, `${method} is not allowed at ${route.path}`);
  if (route.guarded) guard(services, call.request);
  return endpoint(services, call);
}

/** @throws {ApiError} If the client shows no valid key, or is chosen to fail */
function guard(services: ApiServices, request: Request): void {
  const { config } = services;
  if (!showsKey(request, config.apiKeys)) throw new ApiError(401, "Unauthorized: no valid API key was given");
  const failure = injectedFailure(request, { config, random: Math.random });
  if (failure !== undefined) throw failure;
}

function decorate(
  response: Response,
  call: { request: Request; requestId: string; services: ApiServices },
): void {
  response.headers.set("x-request-id", call.requestId);
  const format = call.request.headers.get(LOAD_FORMAT_HEADER);
  const report = format === null ? undefined : loadReport(format, call.services.engines.loads());
  if (report !== undefined) response.headers.set(LOAD_HEADER, report);
}
