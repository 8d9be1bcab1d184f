/**
 * What a handler is told besides the request.
 *
 * @module
 */
// CONTROL PLANE
import type { Listener } from "../host/types.ts";
import { asksForWebSocket, notAskedFor, notPossible, type Upgraded } from "./upgrade.ts";
import type { HttpMetricsOptions } from "./http/http_metrics_options.ts";
import type { HandlerScope } from "./extension.ts";

/** The second argument of a handler's `fetch`. Belongs to one request; the worker's own thread only. */
export interface Context {
  /** The slot of the worker that answers, from 0. A worker that replaces another takes its slot. */
  readonly worker: number;
  /** The request's `x-request-id` if it is a plain token of at most 128 characters, else a random UUID. */
  readonly requestId: string;
  /** The client's IP address as the socket has it; the empty string where it is not known any more. */
  readonly remoteAddress: string;
  /**
   * Aborts when the client leaves before it has got the whole response. Reading it makes Deno print a notice about
   * its own `request.signal` once per worker.
   */
  readonly signal: AbortSignal;
  /**
   * The template of the route that answers, such as `/users/:id`: the value of the `route` label. Set it before the
   * response is returned. Never set it to the raw path, of which there are too many.
   */
  route: string | undefined;
  /**
   * Makes a WebSocket of the request; the handler must return the response that comes with it. The sockets that are
   * open when the server ends are closed with status 1001.
   *
   * @throws {UpgradeError} If the client did not ask for one (status 426), or this host has none (status 501): Deno
   * has them where it serves by `Deno.serve`, that is with the net flag or a single worker
   */
  upgradeWebSocket(): Upgraded;
  /** Keeps the worker alive during a drain until the promise has settled. A rejection is logged. */
  waitUntil(promise: Promise<unknown>): void;
}

/** A module that answers requests: its default export. */
export interface Handler {
  /**
   * Called once, before the worker accepts requests.
   *
   * @internal
   */
  start?(scope: HandlerScope): Promise<void>;
  /** How the requests are counted, if not by default. */
  readonly httpMetrics?: HttpMetricsOptions;
  /** Answers one request. An exception becomes a response of status 500. */
  fetch(request: Request, context: Context): Response | Promise<Response>;
}

/** What all requests of a worker share. */
export interface ContextScope {
  readonly worker: number;
  /** The listener, once the port is open. */
  listener: Pick<Listener, "remoteAddress" | "onClientGone" | "upgradeWebSocket"> | undefined;
  /** Promises that a drain waits for. */
  readonly pending: Set<Promise<unknown>>;
  /** WebSockets that a drain closes. */
  readonly sockets: Set<WebSocket>;
  /** How many requests are being answered. */
  inFlightCount: number;
  /** Takes an error that no response can report. */
  readonly onError: (what: string, error?: unknown) => void;
}

const REQUEST_ID = /^[\w.:=+/-]{1,128}$/;

/** The context of one request. What costs something is computed when it is asked for. */
export class RequestContext implements Context {
  route: string | undefined = undefined;
  readonly #scope: ContextScope;
  readonly #request: Request;
  readonly #peer: unknown;
  #requestId: string | undefined;
  #gone: AbortController | undefined;
  #ended = false;
  #left = false;

  constructor(scope: ContextScope, request: Request, peer: unknown) {
    this.#scope = scope;
    this.#request = request;
    this.#peer = peer;
  }

  get worker(): number {
    return this.#scope.worker;
  }

  get requestId(): string {
    if (this.#requestId === undefined) {
      const given = this.#request.headers.get("x-request-id");
      this.#requestId = given !== null && REQUEST_ID.test(given) ? given : crypto.randomUUID();
    }
    return this.#requestId;
  }

  get remoteAddress(): string {
    return this.#scope.listener?.remoteAddress(this.#request, this.#peer) ?? "";
  }

  get signal(): AbortSignal {
    if (this.#gone === undefined) {
      this.#gone = new AbortController();
      this.#scope.listener?.onClientGone(this.#request, this.#peer, () => this.clientGone());
    }
    return this.#gone.signal;
  }

  upgradeWebSocket(): Upgraded {
    if (!asksForWebSocket(this.#request)) throw notAskedFor();
    const upgraded = this.#scope.listener?.upgradeWebSocket?.(this.#request);
    if (upgraded === undefined) throw notPossible();
    const { sockets } = this.#scope;
    sockets.add(upgraded.socket);
    upgraded.socket.addEventListener("close", () => sockets.delete(upgraded.socket));
    return upgraded;
  }

  waitUntil(promise: Promise<unknown>): void {
    const settled = Promise.resolve(promise).then(
      () => {},
      (error) => this.#scope.onError("a promise given to waitUntil() was rejected", error),
    ).finally(() => this.#scope.pending.delete(settled));
    this.#scope.pending.add(settled);
  }

  /** Says that the whole response was handed over: who leaves now leaves late enough. */
  end(): void {
    this.#ended = true;
  }

  /** Whether the client is known to have left before the whole response was handed over. */
  get clientLeft(): boolean {
    return this.#left;
  }

  /** Says that the client has left. */
  clientGone(): void {
    if (this.#ended) return;
    this.#left = true;
    this.#gone?.abort(new DOMException("The client left", "AbortError"));
  }

  /** Says that the server has given up on the handler. */
  timeOut(): void {
    this.#gone?.abort(new DOMException("The handler took too long", "TimeoutError"));
  }
}
