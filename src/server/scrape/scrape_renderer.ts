/**
 * From the slabs to bytes that are ready to be sent.
 *
 * @module
 */
// CONTROL PLANE
import type { Collector } from "../../collect/collector.ts";
import type { ByteSink } from "../../exposition/format.ts";
import { FormatSet } from "../../exposition/format_set.ts";
import { negotiateEncoding } from "../../exposition/negotiate_encoding.ts";
import { type Coding, compress } from "../../host/compress.ts";
import type { ScrapeRequest } from "./scrape_messages.ts";
import type { ScrapeMetrics } from "./scrape_metrics.ts";
import type { ResolvedScrapeOptions } from "./scrape_options.ts";
import { type Pass, pauseEvery, runPass, SLICE_MS } from "./scrape_pass.ts";
import { ScrapeQueue, type Share } from "./scrape_queue.ts";

/** How many questions are remembered: who sends ever new ones costs time, not memory. */
const ASKED_MAX = 16;

/** A body that is ready to be sent, to as many as asked for it. */
export interface Rendered {
  readonly headers: Readonly<Record<string, string>>;
  readonly chunks: readonly Uint8Array<ArrayBuffer>[];
  /** Says that all have got it. */
  release(): void;
}

/** What a scraper asks for besides the format. */
interface Asked {
  readonly filter: ReadonlySet<string> | undefined;
  readonly coding: Coding | "identity";
  /** The same as one text, equal for those who ask for the same in other words. */
  readonly what: string;
}

/** What a pass left: its chunks stay as they are until the sink is released. */
interface Gathered {
  readonly sink: ByteSink;
  readonly chunks: readonly Uint8Array<ArrayBuffer>[];
  readonly byteCount: number;
}

/** The bodies of one collector. The collector's thread only. */
export class ScrapeRenderer {
  readonly #collector: Collector;
  readonly #options: ResolvedScrapeOptions;
  readonly #metrics: ScrapeMetrics | undefined;
  /** What was rendered last stays with its format; few formats are kept, whatever clients ask for. */
  readonly #formats: FormatSet;
  /** What was asked lately, by the headers and the query: scrapers ask for the same again and again. */
  readonly #asked = new Map<string, Asked>();
  /** Whose turn it is. */
  readonly queue: ScrapeQueue = new ScrapeQueue();

  constructor(
    collector: Collector,
    { options, metrics }: { options: ResolvedScrapeOptions; metrics: ScrapeMetrics | undefined },
  ) {
    this.#collector = collector;
    this.#options = options;
    this.#metrics = metrics;
    this.#formats = new FormatSet({ created: options.created });
  }

  /**
   * Renders what is asked for, once for all who ask for the same before it begins. The share's result rejects if
   * there is nothing that may be served.
   */
  render(request: ScrapeRequest): Share<Rendered> {
    const format = this.#formats.get(request.accept);
    const { contentType } = format;
    const { filter, coding, what } = this.#read(request);
    const key = `${contentType}\n${what}`;
    return this.queue.share(
      key,
      () => this.#gather(format.sink(), filter),
      (gathered) =>
        this.#finish(gathered, { contentType, coding: coding === "identity" ? undefined : coding }),
    );
  }

  #read({ acceptEncoding, query }: ScrapeRequest): Asked {
    const text = `${acceptEncoding ?? ""}\n${query}`;
    const known = this.#asked.get(text);
    if (known !== undefined) return known;
    const filter = filterOf(query);
    const coding = negotiateEncoding(acceptEncoding, this.#options.codings);
    const asked = { filter, coding, what: JSON.stringify([coding, filter && [...filter].sort()]) };
    if (this.#asked.size >= ASKED_MAX) this.#asked.clear();
    this.#asked.set(text, asked);
    return asked;
  }

  async #gather(sink: ByteSink, filter: ReadonlySet<string> | undefined): Promise<Gathered> {
    const startMs = performance.now();
    const pass = await runPass(this.#collector, sink, filter);
    const chunks = sink.finish();
    const byteCount = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    this.#metrics?.cost({
      seconds: (performance.now() - startMs) / 1000,
      bytes: byteCount,
      series: pass.series,
    });
    for (const { cause } of pass.problems) this.#metrics?.error(cause);
    if (this.#mayServe(pass)) return { sink, chunks, byteCount };
    sink.release();
    throw new Error(pass.problems.map(({ cause, message }) => `${cause}: ${message}`).join("\n"));
  }

  #mayServe({ series, problems }: Pass): boolean {
    return problems.length === 0 || (!this.#options.fails && series > 0);
  }

  async #finish(
    { sink, chunks, byteCount }: Gathered,
    { contentType, coding }: { contentType: string; coding: Coding | undefined },
  ): Promise<Rendered> {
    const headers = { "content-type": contentType, vary: "accept, accept-encoding" };
    if (coding === undefined || byteCount < this.#options.compressedBytesMin) {
      return { headers, chunks, release: () => sink.release() };
    }
    try {
      const level = this.#options.levels[coding];
      const packed = await compress(chunks, { coding, level, pause: pauseEvery(SLICE_MS) });
      return { headers: { ...headers, "content-encoding": coding }, chunks: packed, release() {} };
    } finally {
      sink.release();
    }
  }
}

/**
 * The families that `?name[]=a&name[]=b` asks for, a counter with or without its `_total`; all without such a
 * parameter.
 */
function filterOf(query: string): ReadonlySet<string> | undefined {
  const names = new URLSearchParams(query).getAll("name[]");
  return names.length === 0 ? undefined : new Set(names.flatMap((name) => [name, `${name}_total`]));
}
