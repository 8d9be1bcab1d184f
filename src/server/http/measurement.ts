/**
 * The counting of one request, from its head to the last byte of its response.
 *
 * @module
 */
// DATA PLANE
import { STATUS_CODE } from "@std/http/status";
import type { BodyJudge } from "../../host/types.ts";
import { CLIENT_LEFT_STATUS } from "./http_meter.ts";
import type { MeasuredRequest } from "./http_metrics_options.ts";
import type { BodySizes, Meter, RequestHead } from "./meter.ts";
import { pathOf } from "./request_filter.ts";
import { watchStream } from "./streamed_body.ts";

/** What all measurements of a thread share. */
export interface MeasurementParts {
  /** Counts the requests; undefined counts nothing. */
  readonly meter: Meter | undefined;
  /** Makes what was counted visible to the next scrape. */
  readonly publish: () => void;
  /** Knows bodies without touching them. */
  readonly bodies: BodyJudge;
}

/** One request and its response, as the Fetch API has them. The meter sees it as it is at that moment. */
export abstract class Measurement implements RequestHead, MeasuredRequest {
  readonly source: Request;
  status = 0;
  readonly #parts: MeasurementParts;
  /** What counts this request, if it is to be counted. */
  readonly #meter: Meter | undefined;
  readonly #startMs: number;
  #firstByteMs = 0;
  #streamedBytes = 0;
  #countBytes: ((bytes: number) => void) | undefined;

  /** Begins to measure. */
  constructor(parts: MeasurementParts, request: Request) {
    this.#parts = parts;
    this.source = request;
    this.#startMs = performance.now();
    const { meter } = parts;
    this.#meter = meter?.begin(this) ? meter : undefined;
  }

  /** The template of the route, as far as it is known by now. */
  abstract get route(): string | undefined;

  get method(): string {
    return this.source.method;
  }

  get url(): string {
    return this.source.url;
  }

  get path(): string {
    return pathOf(this.source.url);
  }

  header(name: string): string | null {
    return this.source.headers.get(name);
  }

  /**
   * Counts a response that is ready before it is returned, and one that is streamed when its stream ends.
   *
   * @returns the response to send
   */
  finish(response: Response): Response {
    const streamed = this.#parts.bodies.isStreamed(response) && response.body !== null &&
      this.source.method !== "HEAD";
    if (streamed) return this.#watch(response);
    this.#count(this.hasClientLeft() ? CLIENT_LEFT_STATUS : response.status, response);
    return response;
  }

  /** Counts a request whose handler threw. */
  fail(): void {
    // A handler that gives up because its client left has not failed.
    this.#count(this.hasClientLeft() ? CLIENT_LEFT_STATUS : STATUS_CODE.InternalServerError);
  }

  /** Whether the client is known to have left. */
  protected hasClientLeft(): boolean {
    return false;
  }

  /** The client has left in the middle of the response's stream. */
  protected clientLeft(): void {}

  /** The response's stream has failed. */
  protected streamFailed(_error: unknown): void {}

  /** The whole response was handed over, after so many milliseconds. */
  protected ended(_status: number, _milliseconds: number): void {}

  #watch(response: Response): Response {
    const declared = Number(response.headers.get("content-length") ?? NaN);
    const { status, statusText, headers } = response;
    this.status = status;
    const body = watchStream(response.body!, {
      contentLength: Number.isNaN(declared) ? undefined : declared,
      chunk: (bytes) => this.#sendChunk(bytes),
      ended: (how, error) => {
        if (how === "failed") this.streamFailed(error);
        if (how === "client left") this.clientLeft();
        this.#count(how === "client left" ? CLIENT_LEFT_STATUS : status);
      },
    });
    return new Response(body, { status, statusText, headers });
  }

  #sendChunk(bytes: number): void {
    if (this.#firstByteMs === 0) {
      this.#firstByteMs = performance.now();
      this.#countBytes = this.#meter?.firstByte?.(this, this.#firstByteMs - this.#startMs);
    }
    this.#streamedBytes += bytes;
    this.#countBytes?.(bytes);
  }

  /** Counts the request, once; `ready` is its response if that was no stream. */
  #count(status: number, ready?: Response): void {
    this.status = status;
    const nowMs = performance.now();
    this.ended(status, nowMs - this.#startMs);
    const meter = this.#meter;
    if (meter === undefined) return;
    meter.end(this, nowMs - this.#startMs, meter.wantsSizes ? this.#sizes(ready) : undefined);
    if (this.#firstByteMs > 0) meter.streamEnd?.(this, nowMs - this.#firstByteMs);
    this.#parts.publish();
  }

  #sizes(ready: Response | undefined): BodySizes {
    const { method, headers } = this.source;
    const declared = headers.get("content-length");
    const mayHaveBody = method !== "GET" && method !== "HEAD";
    return {
      request: declared !== null ? Number(declared) : mayHaveBody ? undefined : 0,
      response: ready === undefined || method === "HEAD"
        ? this.#streamedBytes
        : this.#parts.bodies.readyBytes(ready),
    };
  }
}
