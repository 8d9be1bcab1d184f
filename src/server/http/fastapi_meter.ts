/**
 * Counts requests as FastAPI's Prometheus instrumentator does for vLLM.
 *
 * @module
 */
// DATA PLANE
import { defineCounter, defineHistogram, defineSummary } from "../../families/define_family.ts";
import { FASTAPI_FAMILIES } from "../../families/fastapi.ts";
import type { CounterChild } from "../../metric/counter.ts";
import type { HistogramChild } from "../../metric/histogram.ts";
import type { Registerer } from "../../metric/registerer.ts";
import type { SummaryChild } from "../../metric/summary.ts";
import { type HttpLabels, knownMethod } from "./http_preset.ts";
import type { BodySizes, Meter } from "./meter.ts";

/** Paths about the server itself, which are not counted. */
const EXCLUDED: ReadonlySet<string> = new Set([
  "/metrics",
  "/health",
  "/load",
  "/ping",
  "/version",
  "/server_info",
]);

/** The `handler` of requests that no route answers. */
const NO_HANDLER = "none";

/** The `method` of requests with a method that HTTP does not define. */
const OTHER_METHOD = "other";

interface Cell {
  readonly requests: CounterChild;
  readonly seconds: HistogramChild;
  readonly requestBytes: SummaryChild;
  readonly responseBytes: SummaryChild;
}

/** The families of one worker. Owner thread only. */
export class FastapiMeter implements Meter {
  readonly wantsSizes = true;
  readonly #requests;
  readonly #requestBytes;
  readonly #responseBytes;
  readonly #seconds;
  readonly #allSeconds;
  readonly #cells = new Map<string, Map<string, Cell>>();

  /** @param registry Default: the thread's own. */
  constructor(registry?: Registerer) {
    this.#requests = defineCounter(FASTAPI_FAMILIES.httpRequestsTotal, { registry });
    this.#requestBytes = defineSummary(FASTAPI_FAMILIES.httpRequestSizeBytes, { registry });
    this.#responseBytes = defineSummary(FASTAPI_FAMILIES.httpResponseSizeBytes, { registry });
    this.#seconds = defineHistogram(FASTAPI_FAMILIES.httpRequestDurationSeconds, { registry });
    this.#allSeconds = defineHistogram(FASTAPI_FAMILIES.httpRequestDurationHighrSeconds, { registry });
  }

  /** There is no family of requests in flight. */
  begin(): boolean {
    return true;
  }

  /**
   * Counts a request; its status by class, such as `2xx`. Each request has its sizes: a request without a declared
   * length counts as empty, as with the instrumentator, and a stream with the bytes that went out.
   */
  end(request: HttpLabels, milliseconds: number, sizes?: BodySizes): void {
    const route = request.route ?? NO_HANDLER;
    if (EXCLUDED.has(route)) return;
    const method = knownMethod(request.method, OTHER_METHOD);
    const cell = this.#cell(route, method, Math.floor(request.status / 100));
    cell.requests.inc();
    cell.requestBytes.observe(sizes?.request ?? 0);
    cell.responseBytes.observe(sizes?.response ?? 0);
    cell.seconds.observe(milliseconds / 1000);
    this.#allSeconds.observe(milliseconds / 1000);
  }

  #cell(route: string, method: string, statusClass: number): Cell {
    // A route has few methods and classes; their texts are put together once.
    const key = `${statusClass} ${method}`;
    let cells = this.#cells.get(route);
    if (cells === undefined) this.#cells.set(route, cells = new Map());
    let cell = cells.get(key);
    if (cell === undefined) {
      cell = {
        requests: this.#requests.labels(route, method, `${statusClass}xx`),
        seconds: this.#seconds.labels(route, method),
        requestBytes: this.#requestBytes.labels(route),
        responseBytes: this.#responseBytes.labels(route),
      };
      cells.set(key, cell);
    }
    return cell;
  }
}
