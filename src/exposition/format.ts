/**
 * What every format offers.
 *
 * @module
 */
// CONTROL PLANE
import type { SampleSink } from "../model/samples.ts";

/** A sink that turns one scrape into bytes. */
export interface ByteSink extends SampleSink {
  /**
   * Ends the scrape.
   *
   * @returns the body in chunks; neither the sink nor the format writes into one again, and while nothing
   * changes the chunks are the same objects from scrape to scrape
   */
  finish(): readonly Uint8Array<ArrayBuffer>[];
}

/**
 * A format, ready for scrape after scrape. It remembers the bodies of the last scrape, so keep one object per
 * format rather than making one per scrape. One thread; scrapes may overlap, as each has its own sink.
 */
export interface Format {
  /** The value for the `Content-Type` header. */
  readonly contentType: string;
  /** Begins a scrape. */
  sink(): ByteSink;
}

/** Whether a number of seconds since the Unix epoch says something: a scrape with another one fails as a whole. */
export function isKnownTime(seconds: number): boolean {
  return Number.isFinite(seconds) && seconds > 0;
}
