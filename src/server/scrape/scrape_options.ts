/**
 * What can be chosen about the answers to scrapes.
 *
 * @module
 */
// CONTROL PLANE
import { type Coding, CODINGS } from "../../host/compress.ts";

/** How bodies are compressed for those who ask for it. */
export interface ScrapeCompression {
  /** The codings, the preferred ones first; what the runtime lacks is left out. Default: gzip, zstd. */
  readonly codings?: readonly Coding[];
  /** From 1, the fastest, to 9, the smallest. Default 6. */
  readonly gzipLevel?: number;
  /** From 1, the fastest, to 19, the smallest. Default 3. */
  readonly zstdLevel?: number;
  /** A body of fewer bytes goes out as it is. Default 1400: it fits one packet. */
  readonly bytesMin?: number;
}

/** Options of whatever answers scrapes. */
export interface ScrapeOptions {
  /** The most scrapes at a time, slow readers among them; more are answered with status 503. Default 40. */
  readonly concurrencyMax?: number;
  /**
   * The most seconds from a scrape's arrival until its last byte is taken. A scraper that sends
   * `X-Prometheus-Scrape-Timeout-Seconds` can shorten it. Default 60.
   */
  readonly timeoutSeconds?: number;
  /**
   * What a family that cannot be gathered leads to: `continue`, the default, serves the others, `fail` answers with
   * status 500 and says what failed.
   */
  readonly onError?: "continue" | "fail";
  /** How bodies are compressed; false for never. */
  readonly compression?: ScrapeCompression | false;
  /** Whether OpenMetrics 1.0 shows when series began to count, as `_created` lines. Default false. */
  readonly created?: boolean;
}

/** {@linkcode ScrapeOptions}, complete and checked. */
export interface ResolvedScrapeOptions {
  readonly concurrencyMax: number;
  readonly timeoutSeconds: number;
  readonly fails: boolean;
  readonly codings: readonly Coding[];
  readonly levels: Readonly<Record<Coding, number>>;
  readonly compressedBytesMin: number;
  readonly created: boolean;
}

/** Fills in the defaults. @throws {RangeError} If an option has a value that it cannot have */
export function resolveScrapeOptions(options: ScrapeOptions = {}): ResolvedScrapeOptions {
  const { concurrencyMax = 40, timeoutSeconds = 60, onError = "continue", created = false } = options;
  const compression = options.compression === false ? { codings: [] } : options.compression ?? {};
  const { codings = CODINGS, gzipLevel = 6, zstdLevel = 3, bytesMin = 1400 }: ScrapeCompression = compression;
  within("concurrencyMax", concurrencyMax, { min: 1, max: 1e6, whole: true });
  within("timeoutSeconds", timeoutSeconds, { min: 0.001, max: 86_400 });
  within("gzipLevel", gzipLevel, { min: 1, max: 9, whole: true });
  within("zstdLevel", zstdLevel, { min: 1, max: 19, whole: true });
  within("bytesMin", bytesMin, { min: 0, max: Infinity });
  if (onError !== "continue" && onError !== "fail") {
    throw new RangeError(`Cannot answer scrapes with onError "${onError}": wanted continue or fail`);
  }
  for (const coding of codings) {
    if (coding !== "gzip" && coding !== "zstd") {
      throw new RangeError(`Cannot answer scrapes with coding "${coding}": wanted gzip or zstd`);
    }
  }
  return {
    concurrencyMax,
    timeoutSeconds,
    fails: onError === "fail",
    codings: codings.filter((coding) => CODINGS.includes(coding)),
    levels: { gzip: gzipLevel, zstd: zstdLevel },
    compressedBytesMin: bytesMin,
    created,
  };
}

function within(name: string, value: number, range: { min: number; max: number; whole?: boolean }): void {
  const { min, max, whole = false } = range;
  if (value >= min && value <= max && (!whole || Number.isInteger(value))) return;
  const what = whole ? "a whole number" : "a number";
  throw new RangeError(
    `Cannot answer scrapes with ${name} ${value}: wanted ${what} from ${min}${
      max < Infinity ? ` to ${max}` : ""
    }`,
  );
}
