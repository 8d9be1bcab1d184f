/**
 * Scrapes that came to one worker's port, as the main thread answers them: a piece of the body at a time, the next one
 * when the worker has room for it, so that no body is there twice.
 *
 * @module
 */
// CONTROL PLANE
import type { ScrapeChunk, ScrapeRequest, ScrapeResponse } from "./scrape_messages.ts";
import type { ToWorker } from "../workers/messages.ts";
import type { ScrapeBody } from "./scrape_body.ts";

/** The size of a piece that goes from thread to thread. */
const RELAY_PIECE_BYTES = 1024 * 1024;

/** The scrapes of one incarnation of a worker. Main thread only. */
export class ScrapeRelay {
  readonly #scrape: (request: ScrapeRequest) => Promise<ScrapeResponse>;
  readonly #post: (message: ToWorker, transfer: ArrayBuffer[]) => void;
  /** Bodies of which the worker has not got the last piece, by the scrape's number. */
  readonly #bodies: Map<number, ScrapeBody> = new Map();
  #isClosed = false;

  /**
   * @param scrape answers a request
   * @param post sends a message to the worker
   */
  constructor(
    scrape: (request: ScrapeRequest) => Promise<ScrapeResponse>,
    post: (message: ToWorker, transfer: ArrayBuffer[]) => void,
  ) {
    this.#scrape = scrape;
    this.#post = post;
  }

  /** Answers a request of the worker. */
  async answer({ id, ...request }: ScrapeRequest & { readonly id: number }): Promise<void> {
    const { status, headers, body } = await this.#scrape(request);
    if (this.#isClosed) return body.close();
    const piece = this.#take(id, body);
    this.#post({ type: "scraped", status, headers, ...piece }, [piece.bytes]);
  }

  /** The worker wants the next piece. */
  more(id: number): void {
    const body = this.#bodies.get(id);
    if (body === undefined) return;
    const piece = this.#take(id, body);
    this.#post({ type: "scrapePiece", ...piece }, [piece.bytes]);
  }

  /** The worker wants no more. */
  end(id: number): void {
    this.#bodies.get(id)?.close();
    this.#bodies.delete(id);
  }

  /** The worker is gone. */
  close(): void {
    this.#isClosed = true;
    for (const id of this.#bodies.keys()) this.end(id);
  }

  #take(id: number, body: ScrapeBody): ScrapeChunk {
    this.#bodies.delete(id);
    try {
      const bytes = body.read(RELAY_PIECE_BYTES)?.buffer ?? new ArrayBuffer(0);
      if (body.hasMore) this.#bodies.set(id, body);
      return { id, bytes, hasMore: body.hasMore };
    } catch (error) {
      return { id, bytes: new ArrayBuffer(0), hasMore: false, error: (error as Error).message };
    }
  }
}
