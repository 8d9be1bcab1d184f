/**
 * What counts the requests of a pipeline or a middleware.
 *
 * @module
 */
import type { MeasuredRequest } from "./http_metrics_options.ts";

/** Sizes of a request's and its response's body in bytes, as far as they are known. */
export interface BodySizes {
  readonly request: number | undefined;
  readonly response: number | undefined;
}

/** What is known of a request when it comes. */
export interface RequestHead {
  readonly method: string;
  /** The absolute URL. */
  readonly url: string;
  /** Looks up a header. */
  header(name: string): string | null;
}

/** Counts requests. Owner thread only. */
export interface Meter {
  /** Whether {@linkcode Meter.end} wants to know the sizes of bodies. */
  readonly wantsSizes: boolean;
  /**
   * A request has come.
   *
   * @returns whether it is to be counted at all; if not, nothing more is told of it
   */
  begin(head: RequestHead): boolean;
  /** It was answered, after so many milliseconds. */
  end(request: MeasuredRequest, milliseconds: number, sizes?: BodySizes): void;
  /**
   * The first chunk of its streamed response is there, after so many milliseconds.
   *
   * @returns what to call with the size of each chunk, if that is wanted
   */
  firstByte?(request: MeasuredRequest, milliseconds: number): ((bytes: number) => void) | undefined;
  /** Its streamed response has ended, so many milliseconds after the first chunk. */
  streamEnd?(request: MeasuredRequest, milliseconds: number): void;
}
