/**
 * Counts requests: how many, how long they took, how many are being answered.
 *
 * @module
 */
// DATA PLANE
import { Counter, type CounterChild } from "../metric/counter.ts";
import { Gauge } from "../metric/gauge.ts";
import { Histogram, type HistogramChild } from "../metric/histogram.ts";
import type { Registry } from "../registry/registry.ts";

/** The `route` of requests whose handler named none. */
export const UNMATCHED_ROUTE = "unmatched";

/** The `method` of requests with a method that HTTP does not define: a client may invent any. */
export const OTHER_METHOD = "other";

/** The `status` of responses whose client left before the end. nginx's number; no response ever carries it. */
export const CLIENT_LEFT_STATUS = 499;

/** The most label sets that are remembered; beyond it the families decide, which have a bound of their own. */
const KNOWN_LABEL_SETS_MAX = 4096;

const METHODS: ReadonlySet<string> = new Set([
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "DELETE",
  "CONNECT",
  "OPTIONS",
  "TRACE",
  "PATCH",
]);

/** The `method` label of a request's method. */
export function methodLabel(method: string): string {
  return METHODS.has(method) ? method : OTHER_METHOD;
}

/** One label set of the families that have `method`, `route` and `status`. */
interface Cell {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly requests: CounterChild;
  readonly seconds: HistogramChild;
}

/** The HTTP families of one worker. Owner thread only. */
export class HttpMeter {
  readonly #requests: Counter<"method" | "route" | "status">;
  readonly #seconds: Histogram<"method" | "route" | "status">;
  readonly #inFlight: Gauge;
  readonly #cells: Map<string, Map<string, Cell[]>> = new Map();
  #cellCount = 0;
  #last: Cell | undefined;

  /** @param registry where the families are defined; the thread's own by default */
  constructor(registry?: Registry) {
    this.#requests = Counter.getOrCreate({
      name: "http_requests_total",
      help: "Requests answered, counted before the last byte of the response goes out.",
      labelNames: ["method", "route", "status"],
      registry,
    });
    this.#seconds = Histogram.getOrCreate({
      name: "http_request_duration_seconds",
      help: "Time from the request's head to the last byte of the response's body.",
      labelNames: ["method", "route", "status"],
      registry,
    });
    this.#inFlight = Gauge.getOrCreate({
      name: "http_requests_in_flight",
      help: "Requests that are being answered, streams that are open among them.",
      registry,
    });
  }

  /** Says that a request has come. */
  begin(): void {
    this.#inFlight.inc();
  }

  /**
   * Counts a request that was answered.
   *
   * @param milliseconds how long it took
   */
  end(labels: { method: string; route: string | undefined; status: number }, milliseconds: number): void {
    const { method, status } = labels;
    const route = labels.route ?? UNMATCHED_ROUTE;
    let cell = this.#last;
    if (cell === undefined || cell.status !== status || cell.route !== route || cell.method !== method) {
      cell = this.#cell(method, route, status);
      this.#last = cell;
    }
    cell.requests.inc();
    cell.seconds.observe(milliseconds / 1000);
    this.#inFlight.dec();
  }

  #cell(method: string, route: string, status: number): Cell {
    const known = this.#cells.get(route)?.get(method)?.[status - 100];
    return known ?? this.#makeCell(method, route, status);
  }

  #makeCell(method: string, route: string, status: number): Cell {
    const labels = { method: methodLabel(method), route, status };
    const cell: Cell = {
      method,
      route,
      status,
      requests: this.#requests.labels(labels),
      seconds: this.#seconds.labels(labels),
    };
    if (this.#cellCount >= KNOWN_LABEL_SETS_MAX || labels.method !== method) return cell;
    this.#cellCount++;
    let methods = this.#cells.get(route);
    if (methods === undefined) this.#cells.set(route, methods = new Map());
    let cells = methods.get(method);
    if (cells === undefined) methods.set(method, cells = []);
    cells[status - 100] = cell;
    return cell;
  }
}
