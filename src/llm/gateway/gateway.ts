/**
 * Forwards requests to OpenAI-compatible servers and measures what passes.
 *
 * @module
 */
import type { ApiContext, ApiHandler } from "../api/api.ts";
import { ApiError, reportFault, toApiError } from "../api/api_error.ts";
import { showsKey } from "../api/api_keys.ts";
import { Fields } from "../api/fields.ts";
import { readText } from "../api/read_body.ts";
import { EventScanner } from "./event_scanner.ts";
import { Exchange } from "./exchange.ts";
import { forward, returnedHeaders } from "./forward.ts";
import type { GatewayConfig } from "./gateway_config.ts";
import type { GatewayMetrics, ModelMetrics } from "./gateway_metrics.ts";
import { hashKey } from "./key_hash.ts";
import { type LitellmMetrics, OTHER_MODEL, type Requester } from "./litellm_metrics.ts";
import { observeBody } from "./observed_stream.ts";
import { chooseUpstream, Upstream } from "./upstream.ts";

/** Paths whose requests generate something and are measured. */
const GENERATING = new Set(["/v1/chat/completions", "/v1/completions", "/v1/embeddings"]);
/** Other paths that are forwarded. */
const FORWARDED = new Set(["/v1/models", "/tokenize", "/detokenize"]);
/** Answers of an upstream after which another one is asked. */
const RETRIED = new Set([429, 500, 502, 503, 504]);
const ENCODER = new TextEncoder();

/** What a gateway is made of. */
export interface GatewayParts {
  readonly config: GatewayConfig;
  readonly metrics: GatewayMetrics;
  readonly litellm: LitellmMetrics;
  /** Makes what was counted visible. */
  readonly publish?: () => void;
}

/** One request on its way. */
interface Transit {
  readonly request: Request;
  readonly context: ApiContext;
  readonly path: string;
  readonly requestId: string;
  readonly body: string | undefined;
  /** What the body says, where it is JSON. */
  readonly model: string;
  readonly n: number;
  readonly maxTokens: number;
  readonly requester: Requester;
  readonly arrivalMs: number;
}

/** An upstream's answer, before its body. */
interface Begun {
  readonly upstream: Upstream;
  readonly response: Response;
  readonly askedMs: number;
}

/** The gateway of one worker. Owner thread only. */
export class Gateway {
  readonly upstreams: readonly Upstream[];
  readonly #parts: GatewayParts;
  #turn = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(parts: GatewayParts) {
    this.#parts = parts;
    const { config, litellm } = parts;
    this.upstreams = config.upstreams.map((upstream, index) =>
      new Upstream(upstream, {
        index,
        limits: config,
        events: {
          stateChanged: (changed) => litellm.setState(changed),
          cooledDown: (resting, status) => litellm.cooledDown(resting, status),
        },
      })
    );
  }

  /** Looks at the upstreams now and then from time to time. */
  async start(): Promise<void> {
    await this.checkHealth();
    this.#timer = setInterval(() => void this.checkHealth(), this.#parts.config.healthMs);
  }

  /** Ends the looks. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** Asks each upstream which models it has; one that does not answer gets no requests until it does. */
  async checkHealth(): Promise<void> {
    await Promise.all(this.upstreams.map((upstream) => this.#look(upstream)));
    this.#parts.publish?.();
  }

  /** Answers a request; never rejects. */
  readonly handle: ApiHandler = async (request, context = {}) => {
    const arrivalMs = performance.now();
    const requestId = context.requestId ?? request.headers.get("x-request-id") ?? crypto.randomUUID();
    let response: Response;
    try {
      response = await this.#dispatch(request, { context, arrivalMs, requestId });
    } catch (error) {
      reportFault(error, context);
      response = toApiError(error).toResponse();
    }
    response.headers.set("x-request-id", requestId);
    return response;
  };

  async #dispatch(
    request: Request,
    call: { context: ApiContext; arrivalMs: number; requestId: string },
  ): Promise<Response> {
    const { context } = call;
    const { pathname, search } = new URL(request.url);
    if (pathname === "/health" || pathname === "/ping") {
      context.route = pathname;
      const nowMs = performance.now();
      return new Response(null, { status: this.upstreams.some((up) => up.isAvailable(nowMs)) ? 200 : 503 });
    }
    if (!GENERATING.has(pathname) && !FORWARDED.has(pathname)) {
      throw new ApiError(404, `There is nothing at ${pathname}`);
    }
    context.route = pathname;
    const { config, litellm } = this.#parts;
    if (!showsKey(request, config.apiKeys)) {
      throw new ApiError(401, "Unauthorized: no valid API key was given");
    }
    litellm.inFlight.inc();
    try {
      const transit = await this.#read(request, { ...call, path: pathname + search });
      return await this.#carry(transit, GENERATING.has(pathname));
    } catch (error) {
      this.#leave();
      throw error;
    }
  }

  /** A request is over, its body included. */
  #leave(): void {
    this.#parts.litellm.inFlight.dec();
    this.#parts.publish?.();
  }

  async #read(
    request: Request,
    call: { context: ApiContext; arrivalMs: number; requestId: string; path: string },
  ): Promise<Transit> {
    const bodied = request.method === "POST";
    const body = bodied ? await readText(request, this.#parts.config.bodyBytesMax) : undefined;
    const fields = bodied ? fieldsOf(body!) : undefined;
    const model = typeof fields?.get("model") === "string" ? fields.get("model") as string : "";
    const known = this.upstreams.some(({ models }) => models.includes(model));
    const key = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
    return {
      ...call,
      request,
      body,
      model: known ? model : OTHER_MODEL,
      n: positive(fields?.get("n")) ?? 1,
      maxTokens: positive(fields?.get("max_completion_tokens")) ?? positive(fields?.get("max_tokens")) ?? 0,
      requester: {
        requestedModel: known ? model : OTHER_MODEL,
        hashedApiKey: key === undefined ? "None" : await hashKey(key),
        route: call.path.replace(/\?.*/, ""),
      },
    };
  }

  async #carry(transit: Transit, measured: boolean): Promise<Response> {
    const { requester } = transit;
    const { litellm } = this.#parts;
    let begun: Begun;
    try {
      begun = await this.#ask(transit);
    } catch (error) {
      if (measured) litellm.refused(requester, undefined, toApiError(error).status);
      throw error;
    }
    const { upstream, response } = begun;
    if (!measured || !response.ok || response.body === null) {
      if (measured && !response.ok) litellm.refused(requester, upstream, response.status);
      return new Response(this.#passOn(begun), {
        status: response.status,
        headers: returnedHeaders(response),
      });
    }
    litellm.limits(requester, upstream, response.headers);
    return this.#measure(transit, begun);
  }

  /** Tries upstreams until one begins to answer. @throws {ApiError} If none does */
  async #ask(transit: Transit): Promise<Begun> {
    const { config, litellm } = this.#parts;
    const tried = new Set<Upstream>();
    for (let left = config.retries;; left--) {
      const nowMs = performance.now();
      const upstream = chooseUpstream(this.upstreams, { tried, nowMs, turn: this.#turn++ });
      tried.add(upstream);
      const failure = await this.#try(upstream, transit);
      if (!("problem" in failure)) {
        if (!RETRIED.has(failure.response.status) || left <= 0) return failure;
        await failure.response.body?.cancel();
        continue;
      }
      litellm.tried(transit.requester, upstream, { status: String(failure.problem.status) });
      if (failure.problem.status === 499 || left <= 0) throw failure.problem;
    }
  }

  /** One try; what went wrong is noted at the upstream. */
  async #try(upstream: Upstream, transit: Transit): Promise<Begun | { problem: ApiError }> {
    const { config, litellm } = this.#parts;
    const cut = new AbortController();
    const client = transit.context.signal ?? transit.request.signal;
    const left = () => cut.abort(new ApiError(499, "The client has left"));
    client.addEventListener("abort", left, { once: true });
    const late = new ApiError(504, `The upstream did not begin to answer within ${config.firstByteMs} ms`);
    const timer = setTimeout(() => cut.abort(late), config.firstByteMs);
    const askedMs = performance.now();
    upstream.inFlight++;
    try {
      const { method, headers } = transit.request;
      const { path, body, requestId } = transit;
      const response = await forward(upstream, {
        method,
        headers,
        path,
        body,
        requestId,
        signal: cut.signal,
      });
      if (response.status >= 500 || response.status === 429) {
        upstream.failed(String(response.status), performance.now());
        litellm.tried(transit.requester, upstream, { status: String(response.status) });
        upstream.inFlight--;
      } else {
        upstream.succeeded();
        litellm.tried(transit.requester, upstream);
      }
      return { upstream, response, askedMs };
    } catch (error) {
      upstream.inFlight--;
      const reason = cut.signal.aborted ? cut.signal.reason : error;
      const problem = reason instanceof ApiError
        ? reason
        : new ApiError(502, "The upstream cannot be reached");
      if (problem.status !== 499) upstream.failed(String(problem.status), performance.now());
      return { problem };
    } finally {
      clearTimeout(timer);
      client.removeEventListener("abort", left);
    }
  }

  /** The body of an answer that is not measured. */
  #passOn(begun: Begun): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    const { response, upstream } = begun;
    const counted = !(response.status >= 500 || response.status === 429);
    const done = () => {
      if (counted) upstream.inFlight--;
      this.#leave();
    };
    if (response.body === null) {
      done();
      return null;
    }
    const events = { part: () => {}, end: done, broken: done, cancelled: done };
    return observeBody(response.body, {
      events,
      idleMs: this.#parts.config.idleMs,
      lastWords: () => undefined,
    });
  }

  /** Passes the body on and records it. */
  #measure(transit: Transit, begun: Begun): Response {
    const { metrics, litellm, config } = this.#parts;
    const { response, upstream } = begun;
    const { requester, n, maxTokens } = transit;
    const children = metrics.of(transit.model, upstream.index);
    const exchange = new Exchange(transit.arrivalMs, {
      first: (seconds) => children.first.observe(seconds),
      next: (seconds) => children.next.observe(seconds),
    });
    exchange.askedMs = begun.askedMs;
    const streamed = response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
    const look = streamed ? watchEvents(exchange) : watchWhole(exchange);
    children.running.inc();
    const over = (record: () => void) => {
      upstream.inFlight--;
      children.running.dec();
      record();
      this.#leave();
    };
    const lost = (reason: string) => this.#lost(children, { reason, exchange, n });
    const body = observeBody(response.body!, {
      idleMs: config.idleMs,
      lastWords: () => streamed ? LAST_WORDS : undefined,
      events: {
        part: look.part,
        end: () =>
          over(() => {
            look.end();
            if (exchange.failed) {
              lost("error");
              return litellm.refused(requester, upstream, 500);
            }
            const nowMs = performance.now();
            metrics.completed(children, exchange, { n, maxTokens, nowMs });
            litellm.completed(requester, upstream, { exchange, nowMs });
            litellm.answered(requester, upstream, response.status);
          }),
        broken: () =>
          over(() => {
            lost("error");
            upstream.failed("502", performance.now());
            litellm.refused(requester, upstream, 502);
          }),
        cancelled: () =>
          over(() => {
            lost("abort");
            litellm.refused(requester, upstream, 499);
          }),
      },
    });
    return new Response(body, { status: response.status, headers: returnedHeaders(response) });
  }

  /** Records sequences whose end nobody got; those that had ended before are complete. */
  #lost(children: ModelMetrics, end: { reason: string; exchange: Exchange; n: number }): void {
    const { metrics } = this.#parts;
    children.generation.inc(end.exchange.completionTokens);
    for (const reason of end.exchange.finishReasons.values()) metrics.ended(children, reason);
    for (let i = end.exchange.finishReasons.size; i < end.n; i++) metrics.ended(children, end.reason);
  }

  async #look(upstream: Upstream): Promise<void> {
    const { config, metrics, litellm } = this.#parts;
    try {
      const signal = AbortSignal.timeout(Math.max(1000, config.healthMs));
      const request = { method: "GET", path: "/v1/models", headers: new Headers(), body: undefined };
      const response = await forward(upstream, { ...request, requestId: "health", signal });
      const list = await response.json() as { data?: { id?: unknown }[] };
      if (!response.ok) throw new Error(`Cannot list models: the upstream answered ${response.status}`);
      upstream.models = (list.data ?? []).map(({ id }) => String(id));
      // The series of what may be asked for are there before the first request.
      for (const model of upstream.models) metrics.of(model, upstream.index);
      upstream.seen(true);
    } catch {
      upstream.seen(false);
    }
    litellm.setState(upstream);
  }
}

/** What a client of a stream that broke off is told. */
const LAST_WORDS = ENCODER.encode(
  `data: ${JSON.stringify(new ApiError(502, "The upstream broke off"))}\n\ndata: [DONE]\n\n`,
);

interface Watch {
  part(bytes: Uint8Array): void;
  end(): void;
}

function watchEvents(exchange: Exchange): Watch {
  let nowMs = 0;
  const scanner = new EventScanner((data) => exchange.event(data, nowMs));
  return {
    part(bytes) {
      nowMs = performance.now();
      scanner.push(bytes);
    },
    end() {},
  };
}

function watchWhole(exchange: Exchange): Watch {
  const decoder = new TextDecoder();
  let text = "";
  return {
    part: (bytes) => void (text += decoder.decode(bytes, { stream: true })),
    end: () => exchange.whole(text),
  };
}

/** The body's fields; what is wrong with it the upstream will say. */
function fieldsOf(body: string): Fields | undefined {
  try {
    return new Fields(JSON.parse(body));
  } catch {
    return undefined;
  }
}

function positive(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) > 0 ? value as number : undefined;
}
