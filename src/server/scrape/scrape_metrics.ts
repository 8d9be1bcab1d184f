/**
 * What the answering of scrapes tells about itself, by the names that client_golang gave to it.
 *
 * @module
 */
// CONTROL PLANE
import { Counter, type CounterChild } from "../../metric/counter.ts";
import { Gauge } from "../../metric/gauge.ts";
import type { Registry } from "../../registry/registry.ts";

/** What went wrong: while values were gathered, or while they were turned into bytes. */
export type ScrapeErrorCause = "gathering" | "encoding";

/** What one gathering and rendering cost. */
export interface PassCost {
  readonly seconds: number;
  /** The body's size before compression. */
  readonly bytes: number;
  readonly series: number;
}

/** The statuses that are there from the start. */
const CODES = [200, 500, 503];

const CAUSES: readonly ScrapeErrorCause[] = ["gathering", "encoding"];

/** The families of one handler. The registry's thread only. */
export class ScrapeMetrics {
  readonly #requests: Counter<"code">;
  /** Children by code, so that an answer looks up no labels. */
  readonly #byCode: Map<number, CounterChild> = new Map();
  readonly #inFlight: Gauge;
  readonly #errors: Counter<"cause">;
  readonly #duration: Gauge;
  readonly #size: Gauge;
  readonly #series: Gauge;

  /** Defines the families; handlers of one registry share them. */
  constructor(registry: Registry) {
    this.#requests = Counter.getOrCreate({
      name: "promhttp_metric_handler_requests_total",
      help: "Scrapes that were answered, by HTTP status code.",
      labelNames: ["code"],
      registry,
    });
    this.#inFlight = Gauge.getOrCreate({
      name: "promhttp_metric_handler_requests_in_flight",
      help: "Scrapes that are being answered.",
      registry,
    });
    this.#errors = Counter.getOrCreate({
      name: "promhttp_metric_handler_errors_total",
      help: "Errors while metrics were gathered, or encoded.",
      labelNames: ["cause"],
      registry,
    });
    const last = (name: string, help: string, unit = "") =>
      Gauge.getOrCreate({ name, help, unit, mode: "mostrecent", registry });
    this.#duration = last(
      "promslab_scrape_duration_seconds",
      "Seconds that gathering and rendering took in the last scrape.",
    );
    this.#size = last("promslab_scrape_size_bytes", "Bytes of the last scrape before compression.");
    this.#series = last("promslab_scrape_series", "Series in the last scrape.");
    for (const code of CODES) this.#answered(code);
    for (const cause of CAUSES) this.#errors.labels({ cause });
  }

  /** Counts a scrape that is being answered from now on. */
  begin(): void {
    this.#inFlight.inc();
  }

  /** Counts a scrape that has been answered. */
  end(code: number): void {
    this.#inFlight.dec();
    this.#answered(code).inc();
  }

  #answered(code: number): CounterChild {
    let child = this.#byCode.get(code);
    if (child === undefined) {
      child = this.#requests.labels({ code });
      this.#byCode.set(code, child);
    }
    return child;
  }

  /** Counts an error. */
  error(cause: ScrapeErrorCause): void {
    this.#errors.inc({ cause });
  }

  /** Tells what the last scrape cost. */
  cost({ seconds, bytes, series }: PassCost): void {
    this.#duration.set(seconds);
    this.#size.set(bytes);
    this.#series.set(series);
  }
}
