/**
 * `/metrics` on the serving port: the worker asks the main thread, which gathers, so that no handler waits.
 *
 * @module
 */
import type { ScrapeAnswer, ScrapeQuestion } from "./messages.ts";

/** The scrapes that one worker has asked for. Worker thread only. */
export class ScrapeClient {
  readonly #ask: (question: ScrapeQuestion & { id: number }) => void;
  readonly #waiting: Map<number, (answer: ScrapeAnswer) => void> = new Map();
  #lastId = 0;

  /** @param ask sends a question to the main thread */
  constructor(ask: (question: ScrapeQuestion & { id: number }) => void) {
    this.#ask = ask;
  }

  /** Answers a request for the metrics. */
  async scrape(request: Request): Promise<Response> {
    const id = ++this.#lastId;
    const question = scrapeQuestion(request);
    const { status, headers, body } = await new Promise<ScrapeAnswer>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#ask({ id, ...question });
    });
    return new Response(body, { status, headers });
  }

  /** Takes the main thread's answer. */
  answer(answer: ScrapeAnswer & { id: number }): void {
    const resolve = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    resolve?.(answer);
  }
}

/** What of a request decides how its scrape is answered. */
export function scrapeQuestion(request: Request): ScrapeQuestion {
  const { headers, method, url } = request;
  const queryStart = url.indexOf("?");
  return {
    method,
    accept: headers.get("accept"),
    acceptEncoding: headers.get("accept-encoding"),
    query: queryStart < 0 ? "" : url.slice(queryStart + 1),
  };
}
