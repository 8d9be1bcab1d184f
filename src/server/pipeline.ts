/**
 * What happens to a request between the host and the handler: context, errors, counting.
 *
 * @module
 */
// DATA PLANE
import { STATUS_CODE, STATUS_TEXT } from "@std/http/status";
import type { HostHandler } from "../host/types.ts";
import { type ContextScope, type Handler, RequestContext } from "./context.ts";
import { Measurement, type MeasurementParts } from "./measurement.ts";

/** What a pipeline is made of. */
export interface PipelineParts extends MeasurementParts {
  readonly handler: Handler;
  readonly scope: ContextScope;
  /** The path that answers with the metrics of all workers, uncounted; undefined for none. */
  readonly metricsPath: string | undefined;
  /** Answers on that path. */
  readonly scrape: (request: Request) => Promise<Response>;
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
      return exchange.answerFailure(error);
    }
    return answer instanceof Promise ? exchange.answerLater(answer) : exchange.answer(answer);
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

/** One request of the application. */
class Exchange extends Measurement {
  readonly context: RequestContext;
  readonly #parts: PipelineParts;

  constructor(parts: PipelineParts, request: Request, peer: unknown) {
    super(parts, request);
    this.#parts = parts;
    this.context = new RequestContext(parts.scope, request, peer);
  }

  override get route(): string | undefined {
    return this.context.route;
  }

  async answerLater(answer: Promise<Response>): Promise<Response> {
    let response: Response;
    try {
      response = await answer;
    } catch (error) {
      return this.answerFailure(error);
    }
    return this.answer(response);
  }

  answer(response: Response): Response {
    if (!(response instanceof Response)) {
      return this.answerFailure(new TypeError(`Cannot answer: wanted a Response, given ${typeof response}`));
    }
    return this.finish(this.#parts.isClosing() ? withConnectionClose(response) : response);
  }

  /** Answers for a handler that threw. The client learns nothing of the error; whoever reads the log does. */
  answerFailure(error: unknown): Response {
    if (!this.hasClientLeft()) this.#report("the handler threw, answered with status 500", error);
    this.fail();
    return new Response(`${STATUS_TEXT[STATUS_CODE.InternalServerError]}\n`, {
      status: STATUS_CODE.InternalServerError,
      headers: { "content-type": "text/plain; charset=utf-8" },
    });
  }

  protected override hasClientLeft(): boolean {
    return this.context.clientLeft;
  }

  protected override clientLeft(): void {
    this.context.clientGone();
  }

  protected override streamFailed(error: unknown): void {
    this.#report("the response's stream failed, the connection was cut", error);
  }

  protected override ended(): void {
    this.context.end();
  }

  #report(what: string, error: unknown): void {
    // WHY: the query is left out, as it may hold secrets; the path is quoted, as it may hold anything.
    this.#parts.scope.onError(`${this.method} ${JSON.stringify(this.path)}: ${what}`, error);
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
