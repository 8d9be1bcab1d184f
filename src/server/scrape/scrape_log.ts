/**
 * What scrapes cost: kept beside the metrics, because a family of it would change with every scrape.
 *
 * @module
 */
// CONTROL PLANE
import { STATUS_CODE } from "@std/http/status";
import type { ScrapeRequest, ScrapeResponse } from "./scrape_messages.ts";

/** What the scrapes of a server cost so far. */
export interface ScrapeCosts {
  /** Scrapes that were answered with metrics. */
  readonly count: number;
  /** Seconds from request to answer, of all of them together: gathering, rendering, compression, waiting for others. */
  readonly secondsTotal: number;
  /** Bytes of the bodies of all of them together, as they were sent. */
  readonly bytesTotal: number;
  /** The last one; undefined before the first. */
  readonly last: ScrapeCost | undefined;
}

/** What one scrape cost. */
export interface ScrapeCost {
  /** Seconds from request to answer. */
  readonly seconds: number;
  /** Bytes of the body as it was sent. */
  readonly bytes: number;
  /** The compression of the body, or `identity`. */
  readonly coding: string;
  /** The body's content type. */
  readonly contentType: string;
  /** How many seconds ago it was answered. */
  readonly ageSeconds: number;
}

/** Notes what scrapes cost. Main thread only. */
export class ScrapeLog {
  readonly #now: () => number;
  #count = 0;
  #secondsTotal = 0;
  #bytesTotal = 0;
  #last: Omit<ScrapeCost, "ageSeconds"> | undefined;
  #lastMs = 0;

  /** @param now a monotonic clock in milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** The same answers, each noted. */
  watch(
    answer: (request: ScrapeRequest) => Promise<ScrapeResponse>,
  ): (request: ScrapeRequest) => Promise<ScrapeResponse> {
    return async (request) => {
      const startMs = this.#now();
      const answered = await answer(request);
      if (answered.status === STATUS_CODE.OK) this.#note(answered, startMs);
      return answered;
    };
  }

  /** What was noted. */
  get costs(): ScrapeCosts {
    const last = this.#last && { ...this.#last, ageSeconds: (this.#now() - this.#lastMs) / 1000 };
    return { count: this.#count, secondsTotal: this.#secondsTotal, bytesTotal: this.#bytesTotal, last };
  }

  #note({ headers, body }: ScrapeResponse, startMs: number): void {
    this.#lastMs = this.#now();
    const seconds = (this.#lastMs - startMs) / 1000;
    const bytes = body.byteLength;
    const coding = headers["content-encoding"] ?? "identity";
    this.#last = { seconds, bytes, coding, contentType: headers["content-type"] };
    this.#count++;
    this.#secondsTotal += seconds;
    this.#bytesTotal += bytes;
  }
}
