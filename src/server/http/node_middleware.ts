/**
 * HTTP metrics for servers over `node:http`: Express, Fastify, and whatever has its requests and responses.
 *
 * @module
 */
// CONTROL PLANE
import { defaultRegistry } from "../../registry/default_registry.ts";
import { CLIENT_LEFT_STATUS, HttpMeter } from "./http_meter.ts";
import type { HttpMetricsOptions, MeasuredRequest } from "./http_metrics_options.ts";
import type { BodySizes, Meter, RequestHead } from "./meter.ts";

/** The part of a `node:http` request that is used here. */
export interface NodeRequest {
  /** The method, in capitals. */
  readonly method?: string;
  /** Path and query. */
  readonly url?: string;
  /** The headers by name in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** The part of a `node:http` response that is used here. */
export interface NodeResponse {
  /** The status that will be or was sent. */
  statusCode: number;
  /** Sends a chunk. */
  // deno-lint-ignore no-explicit-any -- The overloads of node:http are passed on as they are.
  write: (...args: any[]) => boolean;
  /** Sends the last chunk, if any, and ends. */
  // deno-lint-ignore no-explicit-any -- The overloads of node:http are passed on as they are.
  end: (...args: any[]) => unknown;
  /** Sets a header. */
  setHeader(name: string, value: string): unknown;
  /** Cuts the connection. */
  destroy?(): unknown;
  /** Calls back when the connection is done with the response, or gone. */
  on(event: "close", listener: () => void): unknown;
}

/** The part of Express' request that is used here. */
export interface ExpressRequest extends NodeRequest {
  /** Path and query as they came, wherever the router is mounted. */
  readonly originalUrl: string;
  /** Where the router is mounted; Express forgets it when an error leaves the router. */
  readonly baseUrl?: string;
  /** The route that answers, once it is found. */
  readonly route?: { readonly path: unknown };
}

/**
 * Middleware for Express: `app.use(expressMetrics())`, before all other middleware. The route is that of the router
 * that answered, with the path at which it is mounted.
 *
 * @example An application of Express
 * ```ts ignore
 * import express from "express";
 * import { createNodeMetricsHandler, expressMetrics } from "promslab";
 *
 * const app = express();
 * app.use(expressMetrics());
 * app.get("/users/:id", (request, response) => response.send(request.params.id));
 * app.get("/metrics", createNodeMetricsHandler());
 * ```
 */
export function expressMetrics(
  options: HttpMetricsOptions = {},
): (request: ExpressRequest, response: NodeResponse, next: () => void) => void {
  const meter = meterOf(options);
  return (request, response, next) => {
    const path = request.originalUrl.split("?", 1)[0];
    const routeOf = () =>
      typeof request.route?.path === "string" ? joinPaths(request.baseUrl, request.route.path) : undefined;
    new NodeMeasurement(meter, { request, response, path, routeOf }).begin();
    next();
  };
}

/** The part of a Fastify request that is used here. */
export interface FastifyRequest {
  /** The request of `node:http`. */
  readonly raw: NodeRequest;
  /** The route that answers; without a URL if there is none. */
  readonly routeOptions: { readonly url?: string };
}

/** The part of a Fastify instance that is used here. */
export interface FastifyInstance {
  /** Adds a function that is called for every request. */
  addHook(
    name: "onRequest",
    hook: (request: FastifyRequest, reply: { readonly raw: NodeResponse }, done: () => void) => void,
  ): unknown;
}

/**
 * Counts the requests of a Fastify instance; call it before routes are registered. The route is that of Fastify's router.
 *
 * @example An application of Fastify
 * ```ts ignore
 * import fastify from "fastify";
 * import { fastifyMetrics } from "promslab";
 *
 * const app = fastify();
 * fastifyMetrics(app);
 * app.get("/users/:id", (request) => request.params);
 * ```
 */
export function fastifyMetrics(fastify: FastifyInstance, options: HttpMetricsOptions = {}): void {
  const meter = meterOf(options);
  fastify.addHook("onRequest", (request, reply, done) => {
    const path = (request.raw.url ?? "/").split("?", 1)[0];
    const routeOf = () => request.routeOptions.url;
    new NodeMeasurement(meter, { request: request.raw, response: reply.raw, path, routeOf }).begin();
    done();
  });
}

interface PublishingMeter {
  readonly meter: Meter;
  readonly publish: () => void;
}

function meterOf(options: HttpMetricsOptions): PublishingMeter {
  const registry = options.registry ?? defaultRegistry;
  return { meter: new HttpMeter(options), publish: () => registry.publish() };
}

interface NodeExchange {
  readonly request: NodeRequest;
  readonly response: NodeResponse;
  readonly path: string;
  readonly routeOf: () => string | undefined;
}

/** One request over `node:http`, from its head to the last byte of its response. */
class NodeMeasurement implements RequestHead, MeasuredRequest {
  status = 0;
  readonly #meter: PublishingMeter;
  readonly #exchange: NodeExchange;
  readonly #startMs = performance.now();
  #firstByteMs = 0;
  #writtenBytes = 0;
  #countBytes: ((bytes: number) => void) | undefined;
  #ended = false;

  constructor(meter: PublishingMeter, exchange: NodeExchange) {
    this.#meter = meter;
    this.#exchange = exchange;
  }

  get method(): string {
    return this.#exchange.request.method ?? "GET";
  }

  get url(): string {
    return `http://localhost${this.#exchange.path}`;
  }

  get path(): string {
    return this.#exchange.path;
  }

  get route(): string | undefined {
    return this.#exchange.routeOf();
  }

  get source(): unknown {
    return this.#exchange.request;
  }

  header(name: string): string | null {
    const value = this.#exchange.request.headers[name];
    return (Array.isArray(value) ? value[0] : value) ?? null;
  }

  /** Puts itself between the application and the response, if the request is to be counted. */
  begin(): void {
    if (!this.#meter.meter.begin(this)) return;
    const { response } = this.#exchange;
    const { write, end } = response;
    response.write = (...args) => {
      this.#sendChunk(sizeOf(args[0]));
      return write.apply(response, args);
    };
    response.end = (...args) => {
      const last = typeof args[0] === "function" ? 0 : sizeOf(args[0]);
      if (this.#firstByteMs > 0 && last > 0) this.#sendChunk(last);
      else this.#writtenBytes += last;
      this.#count(response.statusCode);
      return end.apply(response, args);
    };
    response.on("close", () => this.#count(CLIENT_LEFT_STATUS));
  }

  #sendChunk(bytes: number): void {
    const { meter } = this.#meter;
    if (this.#firstByteMs === 0) {
      this.#firstByteMs = performance.now();
      this.status = this.#exchange.response.statusCode;
      this.#countBytes = meter.firstByte?.(this, this.#firstByteMs - this.#startMs);
    }
    this.#writtenBytes += bytes;
    this.#countBytes?.(bytes);
  }

  #count(status: number): void {
    if (this.#ended) return;
    this.#ended = true;
    this.status = status;
    const { meter, publish } = this.#meter;
    const nowMs = performance.now();
    meter.end(this, nowMs - this.#startMs, meter.wantsSizes ? this.#sizes() : undefined);
    if (this.#firstByteMs > 0) meter.streamEnd?.(this, nowMs - this.#firstByteMs);
    publish();
  }

  #sizes(): BodySizes {
    const declared = this.header("content-length");
    const mayHaveBody = this.method !== "GET" && this.method !== "HEAD";
    return {
      request: declared !== null ? Number(declared) : mayHaveBody ? undefined : 0,
      response: this.#writtenBytes,
    };
  }
}

function sizeOf(chunk: unknown): number {
  if (typeof chunk === "string") return new TextEncoder().encode(chunk).byteLength;
  return ArrayBuffer.isView(chunk) ? chunk.byteLength : 0;
}

function joinPaths(base = "", path: string): string {
  const joined = `${base}${path === "/" && base !== "" ? "" : path}`;
  return joined === "" ? "/" : joined;
}
