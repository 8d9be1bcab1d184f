/**
 * Answers scrapes, whichever server they came to.
 *
 * @module
 */
// CONTROL PLANE
import { STATUS_CODE, type StatusCode } from "@std/http/status";
import type { Collector } from "../../collect/collector.ts";
import { createSnapshotHandler } from "../../exposition/snapshot_json.ts";
import { RuntimeProbe } from "../../host/runtime_probe.ts";
import type { Registry } from "../../registry/registry.ts";
import { CHALLENGE, hasToken } from "../admin_token.ts";
import type { ScrapeRequest, ScrapeResponse } from "./scrape_messages.ts";
import { ScrapeBody } from "./scrape_body.ts";
import { ScrapeDeadlines } from "./scrape_deadlines.ts";
import { ScrapeMetrics } from "./scrape_metrics.ts";
import { type ResolvedScrapeOptions, resolveScrapeOptions, type ScrapeOptions } from "./scrape_options.ts";
import { type Rendered, ScrapeRenderer } from "./scrape_renderer.ts";

/** After how many seconds somebody who was sent away may try again. */
const RETRY_AFTER_SECONDS = 1;

/** What a {@linkcode Scraper} is told besides the collector. */
export interface ScraperParts {
  readonly options?: ScrapeOptions;
  /** What a scraper must show; nothing by default. */
  readonly token?: string;
  /** Where the families about scrapes go; nowhere by default. */
  readonly registry?: Registry;
}

/** The scrapes of one collector. The collector's thread only. */
export class Scraper {
  readonly #options: ResolvedScrapeOptions;
  readonly #snapshot: (request: Request) => Promise<Response>;
  readonly #renderer: ScrapeRenderer;
  readonly #metrics: ScrapeMetrics | undefined;
  readonly #deadlines: ScrapeDeadlines = new ScrapeDeadlines();
  readonly #token: string | undefined;
  #inFlightCount = 0;

  /** @throws {RangeError} If an option has a value that it cannot have */
  constructor(collector: Collector, parts: ScraperParts = {}) {
    this.#options = resolveScrapeOptions(parts.options);
    this.#snapshot = createSnapshotHandler(collector);
    this.#token = parts.token;
    if (parts.registry !== undefined) this.#metrics = new ScrapeMetrics(parts.registry);
    this.#renderer = new ScrapeRenderer(collector, {
      options: this.#options,
      metrics: this.#metrics,
      headers: { "process-start-time-unix": String(Math.floor(new RuntimeProbe().startTimeSeconds)) },
    });
  }

  /** Gathers all slabs and renders them. */
  async answer(request: ScrapeRequest): Promise<ScrapeResponse> {
    this.#metrics?.begin();
    const refusal = this.#refusal(request);
    if (refusal !== undefined) {
      this.#metrics?.end(refusal.status);
      return refusal;
    }
    this.#inFlightCount++;
    const seconds = secondsFor(request, this.#options.timeoutSeconds);
    let onLate = () => {};
    const stopWaiting = this.#deadlines.after(seconds, () => onLate());
    const share = this.#renderer.render(request);
    const end = (status: StatusCode) => {
      stopWaiting();
      share.leave();
      this.#inFlightCount--;
      this.#metrics?.end(status);
    };
    try {
      const rendered = await new Promise<Rendered | undefined>((resolve, reject) => {
        onLate = () => resolve(undefined);
        share.result.then(resolve, reject);
      });
      if (rendered === undefined) {
        end(STATUS_CODE.ServiceUnavailable);
        return plain(STATUS_CODE.ServiceUnavailable, `Exceeded configured timeout of ${seconds}s.`);
      }
      const body = new ScrapeBody(rendered.chunks, () => end(STATUS_CODE.OK));
      onLate = () => body.cut();
      if (request.method === "HEAD") body.close();
      return { status: STATUS_CODE.OK, headers: rendered.headers, body };
    } catch (error) {
      end(STATUS_CODE.InternalServerError);
      const what = `An error has occurred while serving metrics:\n\n${(error as Error).message}`;
      return plain(STATUS_CODE.InternalServerError, what);
    }
  }

  /** Answers `GET /api/v1/snapshot`. */
  snapshot(request: Request): Promise<Response> {
    return this.#snapshot(request);
  }

  /** The answer to those who get no metrics. */
  #refusal({ method, authorization }: ScrapeRequest): ScrapeResponse | undefined {
    if (method !== "GET" && method !== "HEAD") {
      return plain(STATUS_CODE.MethodNotAllowed, "Method Not Allowed", { allow: "GET, HEAD" });
    }
    if (this.#token !== undefined && !hasToken(authorization, this.#token)) {
      return plain(STATUS_CODE.Unauthorized, "Unauthorized", { "www-authenticate": CHALLENGE });
    }
    const { concurrencyMax } = this.#options;
    if (this.#inFlightCount < concurrencyMax) return undefined;
    const what = `Limit of concurrent requests reached (${concurrencyMax}), try again later.`;
    return plain(STATUS_CODE.ServiceUnavailable, what, { "retry-after": String(RETRY_AFTER_SECONDS) });
  }
}

/** A text instead of metrics. */
function plain(
  status: StatusCode,
  what: string,
  headers: Readonly<Record<string, string>> = {},
): ScrapeResponse {
  const body = new ScrapeBody([new TextEncoder().encode(`${what}\n`)]);
  return { status, headers: { "content-type": "text/plain; charset=utf-8", ...headers }, body };
}

/** How long a scrape may take: what the server allows, or less if the scraper waits less. */
function secondsFor({ timeoutSeconds }: ScrapeRequest, secondsMax: number): number {
  const asked = Number(timeoutSeconds ?? NaN);
  return asked > 0 && asked < secondsMax ? asked : secondsMax;
}
