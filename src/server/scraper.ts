/**
 * Answers scrapes on the main thread, whichever port they came by.
 *
 * @module
 */
import { STATUS_CODE } from "@std/http/status";
import type { Collector } from "../collect/collector.ts";
import { FormatSet } from "../exposition/format_set.ts";
import { negotiateEncoding } from "../exposition/negotiate_encoding.ts";
import type { ScrapeAnswer, ScrapeQuestion } from "./messages.ts";

/** For how long a scrape may keep the main thread from its other work, in milliseconds. */
const SLICE_MS = 5;

/** A body of fewer bytes is not worth compressing: it fits one packet. */
const COMPRESSED_BYTES_MIN = 1400;

/** One collector's scrapes, one after the other: a collector's columns serve one pass at a time. Main thread only. */
export class Scraper {
  readonly #collector: Collector;
  /** What was rendered last stays with its format; few formats are kept, whatever clients ask for. */
  readonly #formats = new FormatSet();
  #last: Promise<unknown> = Promise.resolve();

  constructor(collector: Collector) {
    this.#collector = collector;
  }

  /** Gathers all slabs and renders them. */
  async answer(question: ScrapeQuestion): Promise<ScrapeAnswer> {
    if (question.method !== "GET" && question.method !== "HEAD") return methodNotAllowed();
    const { contentType, body } = await this.exclusively(() => this.#render(question));
    const headers: Record<string, string> = { "content-type": contentType, vary: "accept, accept-encoding" };
    const coding = negotiateEncoding(question.acceptEncoding, ["gzip"]);
    if (coding !== "gzip" || body.byteLength < COMPRESSED_BYTES_MIN) {
      return { status: STATUS_CODE.OK, headers, body };
    }
    headers["content-encoding"] = "gzip";
    return { status: STATUS_CODE.OK, headers, body: await gzip(body) };
  }

  /** Runs a function when no scrape is under way, and keeps the next one waiting until it has ended. */
  exclusively<T>(run: () => T | Promise<T>): Promise<T> {
    const result = this.#last.then(run);
    this.#last = result.catch(() => {});
    return result;
  }

  async #render(
    { accept, query }: ScrapeQuestion,
  ): Promise<{ contentType: string; body: Uint8Array<ArrayBuffer> }> {
    const format = this.#formats.get(accept);
    const sink = format.sink();
    let sliceEnd = performance.now() + SLICE_MS;
    for (const block of this.#collector.blocks(filterOf(query))) {
      sink.samples(block);
      if (performance.now() < sliceEnd) continue;
      await nextTask();
      sliceEnd = performance.now() + SLICE_MS;
    }
    const body = concat(sink.finish());
    sink.release();
    return { contentType: format.contentType, body };
  }
}

function methodNotAllowed(): ScrapeAnswer {
  return {
    status: STATUS_CODE.MethodNotAllowed,
    headers: { allow: "GET, HEAD", "content-type": "text/plain; charset=utf-8" },
    body: new TextEncoder().encode("Method Not Allowed\n"),
  };
}

/** The families that `?name[]=a&name[]=b` asks for; all without such a parameter. */
function filterOf(query: string): ReadonlySet<string> | undefined {
  const names = new URLSearchParams(query).getAll("name[]");
  return names.length === 0 ? undefined : new Set(names);
}

function concat(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const chunk of chunks) length += chunk.byteLength;
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
