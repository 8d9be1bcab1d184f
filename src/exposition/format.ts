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
   * @returns the body in chunks; nobody writes into one before it is released, and while nothing changes the
   * chunks are the same objects from scrape to scrape
   */
  finish(): readonly Uint8Array<ArrayBuffer>[];
  /**
   * Says that nobody will read the chunks of this scrape any more, so that the next scrape can write its digits into
   * their memory instead of a copy. Never needed; without it the garbage collector does the work. Only call it when the
   * bytes are out for certain: compressed, copied, or taken over by the kernel. That a stream has asked for more is no
   * such proof.
   */
  release(): void;
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
