/**
 * From the slabs to bytes that are ready to be sent.
 *
 * @module
 */
// CONTROL PLANE
import type { Collector } from "../../collect/collector.ts";
import type { ByteSink, Format } from "../../exposition/format.ts";
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

/** What was asked last, word by word, and what follows from it. */
interface Question extends Asked, Pick<ScrapeRequest, "accept" | "acceptEncoding" | "query"> {
  readonly format: Format;
  /** Equal for all who can be answered together. */
  readonly key: string;
  readonly headers: Rendered["headers"];
}

/** What a {@linkcode ScrapeRenderer} is told besides the collector. */
export interface ScrapeRendererParts {
  readonly options: ResolvedScrapeOptions;
  readonly metrics: ScrapeMetrics | undefined;
  /** What all answers have among their headers. */
  readonly headers?: Readonly<Record<string, string>>;
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
  /** WHY the last question by itself: a scraper that asks often asks for the same, which is found without a key. */
  #last: Question | undefined;
  readonly #headers: Readonly<Record<string, string>>;
  /** Whose turn it is. */
  readonly #queue: ScrapeQueue;

  constructor(collector: Collector, { options, metrics, headers = {} }: ScrapeRendererParts) {
    this.#collector = collector;
    this.#queue = new ScrapeQueue(collector);
    this.#options = options;
    this.#metrics = metrics;
    this.#headers = headers;
    this.#formats = new FormatSet({ created: options.created });
  }

  /**
   * Renders what is asked for, once for all who ask for the same before it begins. The share's result rejects if
   * there is nothing that may be served.
   */
  render(request: ScrapeRequest): Share<Rendered> {
    const question = this.#questionOf(request);
    const { key, format, filter } = question;
    return this.#queue.share(
      key,
      () => this.#gather(format.sink(), filter),
      (gathered) => this.#finish(gathered, question),
    );
  }

  #questionOf({ accept, acceptEncoding, query }: ScrapeRequest): Question {
    const last = this.#last;
    if (last?.accept === accept && last.acceptEncoding === acceptEncoding && last.query === query) {
      return last;
    }
    const format = this.#formats.get(accept);
    const { contentType } = format;
    const asked = this.#read(acceptEncoding, query);
    const headers = { "content-type": contentType, vary: "accept, accept-encoding", ...this.#headers };
    const key = `${contentType}\n${asked.what}`;
    return this.#last = { accept, acceptEncoding, query, format, headers, key, ...asked };
  }

  #read(acceptEncoding: string | null, query: string): Asked {
    const text = `${acceptEncoding ?? ""}\n${query}`;
    const known = this.#asked.get(text);
    if (known !== undefined) return known;
    const filter = filterOf(query);
    const coding = negotiateEncoding(acceptEncoding, this.#options.codings);
    const asked = { filter, coding, what: JSON.stringify([coding, filter && [...filter]]) };
    if (this.#asked.size >= ASKED_MAX) this.#asked.clear();
    this.#asked.set(text, asked);
    return asked;
  }

  async #gather(sink: ByteSink, filter: ReadonlySet<string> | undefined): Promise<Gathered> {
    const startMs = performance.now();
    const pass = await runPass(this.#collector, sink, filter, startMs);
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

  async #finish({ sink, chunks, byteCount }: Gathered, { headers, coding }: Question): Promise<Rendered> {
    if (coding === "identity" || byteCount < this.#options.compressedBytesMin) {
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
 * The families that `?name[]=a&name[]=b` asks for, a counter with or without its `_total`, sorted; all without such a
 * parameter.
 */
function filterOf(query: string): ReadonlySet<string> | undefined {
  const names = new URLSearchParams(query).getAll("name[]");
  return names.length === 0 ? undefined : new Set(names.flatMap((name) => [name, `${name}_total`]).sort());
}
