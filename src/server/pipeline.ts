/**
 * What happens to a request between the host and the handler: context, errors, counting.
 *
 * @module
 */
// DATA PLANE
import { STATUS_CODE, STATUS_TEXT } from "@std/http/status";
import type { HostHandler } from "../host/types.ts";
import { type ContextScope, type Handler, RequestContext } from "./context.ts";
import { CLIENT_LEFT_STATUS } from "./http_meter.ts";
import { watchStream } from "./streamed_body.ts";

/** What counts requests. Owner thread only. */
export interface Meter {
  /** A request has come. */
  begin(): void;
  /** It was answered, after so many milliseconds. */
  end(labels: { method: string; route: string | undefined; status: number }, milliseconds: number): void;
}

/** What a pipeline is made of. */
export interface PipelineParts {
  readonly handler: Handler;
  readonly scope: ContextScope;
  /** Counts the requests; undefined counts nothing. */
  readonly meter: Meter | undefined;
  /** Makes what was counted visible to the next scrape. */
  readonly publish: () => void;
  /** The path that answers with the metrics of all workers, uncounted; undefined for none. */
  readonly metricsPath: string | undefined;
  /** Answers on that path. */
  readonly scrape: (request: Request) => Promise<Response>;
  /** Whether a response's body is still being produced; see `Host`. */
  readonly isStreamed: (response: Response) => boolean;
  /** Whether clients are to close their connections after the response. */
  readonly isClosing: () => boolean;
}

/** Wires a worker's handler to its host. Owner thread only. */
export function createPipeline(parts: PipelineParts): HostHandler {
  const { handler, metricsPath, scrape } = parts;
  return (request, peer) => {
    if (metricsPath !== undefined && hasPath(request.url, metricsPath)) return scrape(request);
    const exchange = new Exchange(parts, request, peer);
    let answer: Response | Promise<Response>;
    try {
      answer = handler.fetch(request, exchange.context);
    } catch (error) {
      return exchange.fail(error);
    }
    return answer instanceof Promise ? exchange.finishLater(answer) : exchange.finish(answer);
  };
}

/** Whether an absolute URL has exactly this path. Does not parse the URL: this runs for every request. */
export function hasPath(url: string, path: string): boolean {
  // The scheme and the first character of the host take eight characters at least.
  const start = url.indexOf("/", 8);
  if (start < 0 || !url.startsWith(path, start)) return false;
  const end = start + path.length;
  return end === url.length || url[end] === "?";
}

/** One request from its head to the last byte of its response. */
class Exchange {
  readonly context: RequestContext;
  readonly #parts: PipelineParts;
  readonly #request: Request;
  readonly #start: number;

  constructor(parts: PipelineParts, request: Request, peer: unknown) {
    this.#parts = parts;
    this.#request = request;
    this.context = new RequestContext(parts.scope, request, peer);
    this.#start = performance.now();
    parts.meter?.begin();
  }

  async finishLater(answer: Promise<Response>): Promise<Response> {
    let response: Response;
    try {
      response = await answer;
    } catch (error) {
      return this.fail(error);
    }
    return this.finish(response);
  }

  /** Counts the response, or makes sure that it is counted when its stream ends. */
  finish(response: Response): Response {
    if (!(response instanceof Response)) {
      return this.fail(new TypeError(`Cannot answer: wanted a Response, given ${typeof response}`));
    }
    const { isStreamed, isClosing } = this.#parts;
    if (isClosing()) response = withConnectionClose(response);
    const streamed = isStreamed(response) && response.body !== null && this.#request.method !== "HEAD";
    if (streamed) return this.#watch(response);
    this.#count(this.context.clientLeft ? CLIENT_LEFT_STATUS : response.status);
    return response;
  }

  /** Answers for a handler that threw. The client learns nothing of the error; whoever reads the log does. */
  fail(error: unknown): Response {
    if (this.context.clientLeft) {
      // A handler that gives up because its client left has not failed.
      this.#count(CLIENT_LEFT_STATUS);
    } else {
      this.#report("the handler threw, answered with status 500", error);
      this.#count(STATUS_CODE.InternalServerError);
    }
    return new Response(`${STATUS_TEXT[STATUS_CODE.InternalServerError]}\n`, {
      status: STATUS_CODE.InternalServerError,
      headers: { "content-type": "text/plain; charset=utf-8" },
    });
  }

  #watch(response: Response): Response {
    const declared = Number(response.headers.get("content-length") ?? NaN);
    const { status } = response;
    const body = watchStream(response.body!, {
      contentLength: Number.isNaN(declared) ? undefined : declared,
      ended: (how, error) => {
        if (how === "failed") this.#report("the response's stream failed, the connection was cut", error);
        if (how === "client left") this.context.clientGone();
        this.#count(how === "client left" ? CLIENT_LEFT_STATUS : status);
      },
    });
    return new Response(body, { status, statusText: response.statusText, headers: response.headers });
  }

  #count(status: number): void {
    const { meter, publish } = this.#parts;
    this.context.end();
    if (meter === undefined) return;
    const labels = { method: this.#request.method, route: this.context.route, status };
    meter.end(labels, performance.now() - this.#start);
    publish();
  }

  #report(what: string, error: unknown): void {
    const { method, url } = this.#request;
    // WHY: the query is left out, as it may hold secrets; the path is quoted, as it may hold anything.
    const path = JSON.stringify(new URL(url).pathname);
    this.#parts.scope.onError(`${method} ${path}: ${what}`, error);
  }
}

function withConnectionClose(response: Response): Response {
  try {
    response.headers.set("connection", "close");
    return response;
  } catch {
    // The headers of a response that fetch() returned cannot be changed.
    const headers = new Headers(response.headers);
    headers.set("connection", "close");
    return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
  }
}
