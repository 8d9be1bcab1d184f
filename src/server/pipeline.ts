/**
 * What happens to a request between the host and the handler: context, errors, counting.
 *
 * @module
 */
// DATA PLANE
import { STATUS_CODE } from "@std/http/status";
import type { HostHandler } from "../host/types.ts";
import { type ContextScope, type Handler, RequestContext } from "./context.ts";
import type { AccessLog } from "./access_log.ts";
import { hasPath } from "./has_path.ts";
import { BodyTooLargeError, limitBody, plainResponse, type RequestLimits } from "./request_limits.ts";
import { UpgradeError } from "./upgrade.ts";
import { Measurement, type MeasurementParts } from "./http/measurement.ts";

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
  /** What a request may ask for. */
  readonly limits?: RequestLimits;
  /** Logs requests. */
  readonly accessLog?: AccessLog;
}

/** What a handler that thinks for too long has come to, which no handler can return. */
const LATE = Symbol("late");

/** Wires a worker's handler to its host. Owner thread only. */
export function createPipeline(parts: PipelineParts): HostHandler {
  const { handler, metricsPath, scrape, limits } = parts;
  const { inFlightMax = Infinity, bodyBytesMax } = limits ?? {};
  return (request, peer) => {
    if (metricsPath !== undefined && hasPath(request.url, metricsPath)) return scrape(request);
    const exchange = new Exchange(parts, request, peer);
    let answer: Response | Promise<Response>;
    try {
      if (parts.scope.inFlightCount > inFlightMax) {
        return exchange.answer(plainResponse(STATUS_CODE.ServiceUnavailable, { "retry-after": "1" }));
      }
      if (bodyBytesMax !== undefined) request = limitBody(request, bodyBytesMax);
      answer = handler.fetch(request, exchange.context);
    } catch (error) {
      return exchange.answerFailure(error);
    }
    return answer instanceof Promise ? exchange.answerLater(answer) : exchange.answer(answer);
  };
}

/** One request of the application. */
class Exchange extends Measurement {
  readonly context: RequestContext;
  readonly #parts: PipelineParts;

  constructor(parts: PipelineParts, request: Request, peer: unknown) {
    super(parts, request);
    this.#parts = parts;
    this.context = new RequestContext(parts.scope, request, peer);
    parts.scope.inFlightCount++;
  }

  override get route(): string | undefined {
    return this.context.route;
  }

  async answerLater(answer: Promise<Response>): Promise<Response> {
    let response: Response;
    try {
      const seconds = this.#parts.limits?.responseSeconds;
      response = seconds === undefined ? await answer : await this.#inTime(answer, seconds);
    } catch (error) {
      return this.answerFailure(error);
    }
    return this.answer(response);
  }

  answer(response: Response): Response {
    if (!(response instanceof Response)) {
      this.#report(
        `the handler returned ${kindOf(response)} instead of a Response, answered with status 500`,
      );
      return this.#answerWith500();
    }
    return this.finish(this.#parts.isClosing() ? withConnectionClose(response) : response);
  }

  /** The answer, or status 503 when the handler has thought for too long. */
  async #inTime(answer: Promise<Response>, seconds: number): Promise<Response> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<typeof LATE>((resolve) => {
      timer = setTimeout(() => resolve(LATE), seconds * 1000);
    });
    const first = await Promise.race([answer, late]).finally(() => clearTimeout(timer));
    if (first !== LATE) return first;
    answer.then((response) => response.body?.cancel(), () => {}).catch(() => {});
    this.context.timeOut();
    return plainResponse(STATUS_CODE.ServiceUnavailable);
  }

  /** Answers for a handler that threw. The client learns nothing of the error; whoever reads the log does. */
  answerFailure(error: unknown): Response {
    if (error instanceof BodyTooLargeError) return this.answer(plainResponse(STATUS_CODE.ContentTooLarge));
    if (error instanceof UpgradeError) {
      return this.answer(plainResponse(error.status, error.status === 426 ? { upgrade: "websocket" } : {}));
    }
    if (!this.hasClientLeft()) this.#report("the handler threw, answered with status 500", error);
    return this.#answerWith500();
  }

  #answerWith500(): Response {
    this.fail();
    return plainResponse(STATUS_CODE.InternalServerError);
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

  protected override ended(status: number, milliseconds: number): void {
    const { scope, accessLog } = this.#parts;
    scope.inFlightCount--;
    this.context.end();
    if (accessLog?.wants(status)) {
      const { method, path, route } = this;
      const { worker, requestId, remoteAddress } = this.context;
      accessLog.write({ worker, requestId, remoteAddress, method, path, route, status, milliseconds });
    }
  }

  #report(what: string, error?: unknown): void {
    // WHY: the query is left out, as it may hold secrets; the path is quoted, as it may hold anything.
    this.#parts.scope.onError(`${this.method} ${JSON.stringify(this.path)}: ${what}`, error);
  }
}

/** What a value is, for people: `undefined`, `a string`, `an object`. */
function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function withConnectionClose(response: Response): Response {
  if (response.status === STATUS_CODE.SwitchingProtocols) return response;
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
