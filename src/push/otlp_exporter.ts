/**
 * Sending metrics to an OpenTelemetry collector: OTLP over HTTP, as JSON.
 *
 * @module
 */
// CONTROL PLANE
import { readAlone, type SnapshotSource } from "../exposition/snapshot.ts";
import { OtlpSink } from "./otlp_sink.ts";

/** Where to export what, and how often. */
export interface OtlpExporterOptions {
  /** The address of the receiver's metrics, such as `http://localhost:4318/v1/metrics`. */
  readonly url: string | URL;
  /** What is exported: a `Collector`. */
  readonly source: SnapshotSource;
  /**
   * Attributes of the resource: `service.name` and `service.instance.id` become `job` and `instance` in Prometheus.
   * Default: `service.name` is `promslab`.
   */
  readonly resource?: Readonly<Record<string, string>>;
  /** Headers of every request, for instance `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Seconds from one export to the next. Default 60. */
  readonly intervalSeconds?: number;
  /** The most seconds that a request may take. Default 10. */
  readonly timeoutSeconds?: number;
  /** Seconds from a failed request to its repetition, doubled each time, with some chance in it. Default 1. */
  readonly backoffSeconds?: number;
  /** Takes one sentence about each export that failed, or of which the receiver dropped a part. Default: silence. */
  readonly onProblem?: (message: string) => void;
  /** The time of day in milliseconds since the Unix epoch. */
  readonly wallNow?: () => number;
}

/** Statuses after which the same request may succeed later. */
const RETRYABLE = new Set([429, 502, 503, 504]);

/** What a request came to: nothing more to do, or how many seconds to wait, as far as the receiver says so. */
type Outcome = { readonly done: true } | {
  readonly done: false;
  readonly problem: string;
  readonly waitSeconds?: number;
};

/**
 * Exports all values again and again. They are cumulative, so an export that fails loses nothing: the next one tells as
 * much. Any thread that has a collector.
 *
 * @example A server's metrics, twice a minute
 * ```ts ignore
 * import { Collector, OtlpExporter } from "promslab";
 *
 * const exporter = new OtlpExporter({
 *   url: "http://localhost:4318/v1/metrics",
 *   source: new Collector(),
 *   resource: { "service.name": "shop", "service.instance.id": "shop-1" },
 *   intervalSeconds: 30,
 *   onProblem: console.error,
 * });
 * exporter.start();
 * // When the program ends, what was counted last goes out too:
 * await exporter.stop();
 * ```
 */
export class OtlpExporter {
  readonly #options: OtlpExporterOptions;
  readonly #url: URL;
  readonly #intervalMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isStarted = false;
  #running: Promise<void> = Promise.resolve();
  /** Ends a wait for the next attempt. */
  #stopping = new AbortController();

  /**
   * Nothing is sent yet.
   *
   * @throws {TypeError | RangeError} If the address or a number of seconds is not valid
   */
  constructor(options: OtlpExporterOptions) {
    this.#options = options;
    this.#url = new URL(options.url);
    const { intervalSeconds = 60, timeoutSeconds = 10, backoffSeconds = 1 } = options;
    for (const [name, value] of Object.entries({ intervalSeconds, timeoutSeconds, backoffSeconds })) {
      if (value > 0 && value <= 86_400) continue;
      throw new RangeError(`Cannot export with ${name} ${value}: wanted a number above 0, up to 86400`);
    }
    this.#intervalMs = intervalSeconds * 1000;
  }

  /** Exports from now on, the first time after one interval. It keeps the process alive until {@linkcode stop}. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#stopping = new AbortController();
    this.#schedule();
  }

  /** Ends the exports with a last one, of which only a failure's problem is told. */
  async stop(): Promise<void> {
    if (!this.#isStarted) return;
    this.#isStarted = false;
    clearTimeout(this.#timer);
    this.#stopping.abort();
    await this.#running;
    await this.export().catch((error) => this.#problem((error as Error).message));
  }

  /**
   * Exports once, without repetition.
   *
   * @throws {Error} If the receiver refuses, cannot be reached, or time is over
   */
  async export(): Promise<void> {
    const outcome = await this.#attempt();
    if (!outcome.done) throw new Error(outcome.problem);
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      const startMs = performance.now();
      this.#running = this.#exportPatiently(startMs + this.#intervalMs).then(() => {
        if (this.#isStarted) this.#schedule();
      });
    }, this.#intervalMs);
  }

  /** Repeats what fails until the next export would begin, which has all the same and more to tell. */
  async #exportPatiently(endMs: number): Promise<void> {
    let backoffMs = 1000 * (this.#options.backoffSeconds ?? 1);
    for (;;) {
      const outcome = await this.#attempt().catch((error) => refusal((error as Error).message));
      if (outcome.done) return;
      const waitMs = 1000 * (outcome.waitSeconds ?? -1);
      const pauseMs = waitMs >= 0 ? waitMs : backoffMs * (0.5 + Math.random() / 2);
      const isFinal = outcome.waitSeconds === Infinity || performance.now() + pauseMs >= endMs;
      if (isFinal || this.#stopping.signal.aborted) return this.#problem(outcome.problem);
      await this.#pause(pauseMs);
      backoffMs *= 2;
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#stopping.signal.addEventListener("abort", () => {
        clearTimeout(timer);
        resolve();
      }, { once: true });
    });
  }

  async #attempt(): Promise<Outcome> {
    const { source, headers = {}, timeoutSeconds = 10, wallNow = Date.now } = this.#options;
    const exported = await readAlone(source, () => {
      const sink = new OtlpSink(wallNow() / 1000);
      for (const samples of source.blocks()) sink.samples(samples);
      return sink.finish(this.#options.resource ?? { "service.name": "promslab" });
    });
    const body = JSON.stringify(exported);
    const what = `Cannot export to "${this.#url}"`;
    try {
      const response = await fetch(this.#url, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body,
        signal: AbortSignal.timeout(timeoutSeconds * 1000),
      });
      const said = await response.text();
      if (response.ok) return this.#accepted(said);
      const problem = `${what}: status ${response.status}${said && `, ${said.slice(0, 200)}`}`;
      if (!RETRYABLE.has(response.status)) return refusal(problem);
      return { done: false, problem, waitSeconds: secondsOf(response.headers.get("retry-after")) };
    } catch (error) {
      return { done: false, problem: `${what}: ${(error as Error).message}` };
    }
  }

  /** A receiver may take a part and say why not the rest; sending it again would not help. */
  #accepted(said: string): Outcome {
    try {
      const { partialSuccess } = JSON.parse(said) as {
        partialSuccess?: { rejectedDataPoints?: string | number; errorMessage?: string };
      };
      const rejected = Number(partialSuccess?.rejectedDataPoints ?? 0);
      const why = partialSuccess?.errorMessage ?? "";
      if (rejected > 0 || why !== "") {
        this.#problem(`Receiver "${this.#url}" rejected ${rejected} data points: ${why}`);
      }
    } catch {
      // Some receivers answer with nothing, or with protobuf.
    }
    return { done: true };
  }

  #problem(message: string): void {
    this.#options.onProblem?.(message);
  }
}

/** What repeating would not change. */
function refusal(problem: string): Outcome {
  return { done: false, problem, waitSeconds: Infinity };
}

function secondsOf(retryAfter: string | null): number | undefined {
  const seconds = Number(retryAfter ?? NaN);
  return seconds >= 0 ? seconds : undefined;
}
