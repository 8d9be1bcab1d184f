/**
 * `/metrics` on the serving port: the worker asks the main thread, which gathers, so that no handler waits.
 *
 * @module
 */
// CONTROL PLANE
import type { ScrapeChunk, ScrapeResponseHead } from "./scrape_messages.ts";
import type { FromWorker } from "../workers/messages.ts";
import { scrapeRequest } from "./scrape_response.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** The scrapes that one worker has asked for. Worker thread only. */
export class ScrapeClient {
  readonly #post: (message: FromWorker) => void;
  readonly #waiting: Map<number, (answer: ScrapeResponseHead & ScrapeChunk) => void> = new Map();
  readonly #streams: Map<number, (piece: ScrapeChunk) => void> = new Map();
  #lastId = 0;

  /** @param post sends a message to the main thread */
  constructor(post: (message: FromWorker) => void) {
    this.#post = post;
  }

  /** Answers a request for the metrics. */
  async scrape(request: Request): Promise<Response> {
    const id = ++this.#lastId;
    const answer = await new Promise<ScrapeResponseHead & ScrapeChunk>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#post({ type: "scrape", id, ...scrapeRequest(request) });
    });
    const { status, headers, bytes, hasMore } = answer;
    return new Response(hasMore ? this.#stream(answer) : bytes, { status, headers });
  }

  /** Takes the main thread's answer. */
  answer(answer: ScrapeResponseHead & ScrapeChunk): void {
    const resolve = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    resolve?.(answer);
  }

  /** Takes the next piece of a body. */
  piece(piece: ScrapeChunk): void {
    this.#streams.get(piece.id)?.(piece);
  }

  #stream({ id, bytes: first }: ScrapeChunk): ReadableStream<Bytes> {
    let onNext = () => {};
    return new ReadableStream<Bytes>({
      start: (controller) => {
        controller.enqueue(new Uint8Array(first));
        this.#streams.set(id, ({ bytes, hasMore, error }) => {
          if (error !== undefined) controller.error(new Error(error));
          else controller.enqueue(new Uint8Array(bytes));
          if (!hasMore) this.#streams.delete(id);
          if (!hasMore && error === undefined) controller.close();
          onNext();
        });
      },
      pull: () => {
        const next = new Promise<void>((resolve) => onNext = resolve);
        this.#post({ type: "scrapeMore", id });
        return next;
      },
      cancel: () => {
        this.#streams.delete(id);
        this.#post({ type: "scrapeEnd", id });
      },
    }, { highWaterMark: 0 });
  }
}
