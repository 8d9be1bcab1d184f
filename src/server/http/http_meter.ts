/**
 * Counts HTTP requests: how many, how long they took, how many are being answered, and what was asked for besides.
 *
 * @module
 */
// DATA PLANE
import type { CounterChild } from "../../metric/counter.ts";
import type { HistogramChild } from "../../metric/histogram.ts";
import { logError } from "../log.ts";
import { defineHttpFamilies, type HttpFamilies } from "./http_families.ts";
import type { HttpMetricsOptions, MeasuredRequest } from "./http_metrics_options.ts";
import { HTTP_PRESETS, type HttpPreset, knownMethod } from "./http_preset.ts";
import type { BodySizes, Meter, RequestHead } from "./meter.ts";
import { pathOf, RequestMatcher } from "./request_filter.ts";

/** The `status` of responses whose client left before the end. nginx's number; no response ever carries it. */
export const CLIENT_LEFT_STATUS = 499;

/** The most label sets that are remembered; beyond it the families decide, which have a bound of their own. */
const KNOWN_LABEL_SETS_MAX = 4096;

/** One label set of the families. */
interface Cell {
  readonly method: string;
  readonly route: string | undefined;
  readonly status: number;
  /** The label values, or undefined if requests of this label set are not counted. */
  readonly values: readonly string[] | undefined;
  readonly requests: CounterChild | undefined;
  readonly duration: HistogramChild | undefined;
}

/** The HTTP families of one thread. Owner thread only. */
export class HttpMeter implements Meter {
  readonly wantsSizes: boolean;
  readonly #preset: HttpPreset;
  readonly #options: HttpMetricsOptions;
  readonly #families: HttpFamilies;
  readonly #include: RequestMatcher | undefined;
  readonly #exclude: RequestMatcher | undefined;
  readonly #inFlightIsPlain: boolean;
  readonly #dynamic: readonly [
    name: string,
    valueOf: (request: MeasuredRequest) => string | null | undefined,
  ][];
  /** Functions of the application that have failed, each of which is told of once. */
  readonly #failed: Set<string> = new Set();
  readonly #cells: Map<string | undefined, Map<string, Cell[]>> = new Map();
  #cellCount = 0;
  #last: Cell | undefined;

  /** Defines the families, or shares those that are there. */
  constructor(options: HttpMetricsOptions = {}) {
    this.#options = options;
    this.#preset = HTTP_PRESETS[options.preset ?? "prometheus"];
    this.#inFlightIsPlain = this.#preset.inFlightLabelNames.length === 0;
    this.#families = defineHttpFamilies(this.#preset, options);
    this.#include = options.include && new RequestMatcher(options.include);
    this.#exclude = options.exclude && new RequestMatcher(options.exclude);
    this.#dynamic = Object.entries(options.labels ?? {});
    this.wantsSizes = options.sizes ?? false;
  }

  begin(head: RequestHead): boolean {
    // WHY: a request's method is asked for only where it matters, as the runtime makes it anew for each who asks.
    if (this.#exclude?.matchesRequest(head.method, pathOf(head.url))) return false;
    const { inFlight, queue } = this.#families;
    if (inFlight !== undefined) {
      if (this.#inFlightIsPlain) inFlight.inc();
      else inFlight.labels(...this.#inFlightValues(head.method)).inc();
    }
    if (queue !== undefined) {
      const seconds = queueSeconds(head.header("x-request-start"), Date.now());
      if (seconds !== undefined) queue.observe(seconds);
    }
    return true;
  }

  end(request: MeasuredRequest, milliseconds: number, sizes?: BodySizes): void {
    const { inFlight } = this.#families;
    if (inFlight !== undefined) {
      if (this.#inFlightIsPlain) inFlight.dec();
      else inFlight.labels(...this.#inFlightValues(request.method)).dec();
    }
    const cell = this.#cellOf(request);
    cell.requests?.inc();
    cell.duration?.observe(milliseconds / 1000);
    if (sizes !== undefined && cell.values !== undefined) {
      const { requestSize, responseSize } = this.#families;
      if (sizes.request !== undefined) requestSize?.labels(...cell.values).observe(sizes.request);
      if (sizes.response !== undefined) responseSize?.labels(...cell.values).observe(sizes.response);
    }
  }

  firstByte(request: MeasuredRequest, milliseconds: number): ((bytes: number) => void) | undefined {
    const { firstByte, streamedBytes } = this.#families;
    if (firstByte === undefined || streamedBytes === undefined) return undefined;
    const { values } = this.#cellOf(request);
    if (values === undefined) return undefined;
    firstByte.labels(...values).observe(milliseconds / 1000);
    const bytes = streamedBytes.labels(...values);
    return (count) => bytes.inc(count);
  }

  streamEnd(request: MeasuredRequest, milliseconds: number): void {
    const { values } = this.#cellOf(request);
    if (values !== undefined) this.#families.streamDuration?.labels(...values).observe(milliseconds / 1000);
  }

  #cellOf(request: MeasuredRequest): Cell {
    const { method, route, status } = request;
    const last = this.#last;
    if (last !== undefined && last.status === status && last.route === route && last.method === method) {
      return last;
    }
    // Without a route the path matters to `routeOf` and to `include`, and dynamic labels depend on the request itself.
    if (this.#dynamic.length > 0 || (route === undefined && this.#looksAtPath)) {
      return this.#makeCell(request);
    }
    const known = this.#cells.get(route)?.get(method)?.[status];
    return this.#last = known ?? this.#remember(this.#makeCell(request));
  }

  get #looksAtPath(): boolean {
    return this.#options.routeOf !== undefined || this.#include?.looksAtPath === true;
  }

  #makeCell(request: MeasuredRequest): Cell {
    const { method, status } = request;
    const cell = { method, route: request.route, status };
    const { routeOf } = this.#options;
    const route = request.route ??
      (routeOf && this.#ask("routeOf", () => routeOf(request.path))) ?? this.#preset.unmatchedRoute;
    const labels = { method: knownMethod(method, this.#preset.otherMethod), route, status };
    const excluded = this.#exclude?.matchesRoute(route) === true;
    const included = this.#include === undefined || this.#include.matchesRoute(route) ||
      this.#include.matchesRequest(method, this.#include.looksAtPath ? request.path : "");
    if (excluded || !included) {
      return { ...cell, values: undefined, requests: undefined, duration: undefined };
    }
    const values = [
      ...this.#preset.labelValues(labels, this.#options.groupStatus ?? false),
      ...this.#dynamic.map(([name, valueOf]) => this.#ask(`labels.${name}`, () => valueOf(request)) ?? ""),
    ];
    const { requests, duration } = this.#families;
    return { ...cell, values, requests: requests?.labels(...values), duration: duration.labels(...values) };
  }

  /** What a function of the application says. The request is answered and counted whatever that does. */
  #ask(name: string, valueOf: () => unknown): string | undefined {
    try {
      const value = valueOf();
      return value === null || value === undefined ? undefined : String(value);
    } catch (error) {
      if (this.#failed.has(name)) return undefined;
      this.#failed.add(name);
      logError(`httpMetrics.${name} threw, such requests are counted without its value`, error);
      return undefined;
    }
  }

  #remember(cell: Cell): Cell {
    // WHY: a client can invent methods without end.
    const invented = knownMethod(cell.method, "") === "";
    if (this.#cellCount >= KNOWN_LABEL_SETS_MAX || invented) return cell;
    this.#cellCount++;
    let methods = this.#cells.get(cell.route);
    if (methods === undefined) this.#cells.set(cell.route, methods = new Map());
    let cells = methods.get(cell.method);
    if (cells === undefined) methods.set(cell.method, cells = []);
    cells[cell.status] = cell;
    return cell;
  }

  #inFlightValues(method: string): readonly string[] {
    return this.#preset.inFlightLabelValues(knownMethod(method, this.#preset.otherMethod));
  }
}

/**
 * How long ago a proxy took a request, by its `X-Request-Start`: a Unix time in seconds, milliseconds or microseconds,
 * with or without `t=`. Undefined if there is none, or it makes no sense.
 */
export function queueSeconds(header: string | null, nowMs: number): number | undefined {
  const number = Number(/^\s*(?:t=)?(\d+(?:\.\d+)?)\s*$/.exec(header ?? "")?.[1] ?? NaN);
  if (Number.isNaN(number)) return undefined;
  const startMs = number > 1e14 ? number / 1000 : number > 1e11 ? number : number * 1000;
  const seconds = (nowMs - startMs) / 1000;
  // Clocks of two machines differ a little; more than a day is no queue.
  return seconds > -1 && seconds < 86_400 ? Math.max(0, seconds) : undefined;
}
