/**
 * Requests whose body may not have come whole yet.
 *
 * @module
 */
import type { HostHandler } from "./types.ts";

/** Requests by these methods have no body. */
const BODILESS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** How long a server that is to close waits for a moment without uploads, in milliseconds. */
const MOMENT_MS = 1000;

/**
 * The uploads of one listener. `Deno.serve`'s `shutdown()` makes all bodies unreadable that have not come whole
 * (https://github.com/denoland/deno/issues/36809, in 2.9), so whoever had been accepted would be told of an error. It
 * therefore has to wait for them; those who connect meanwhile are served too.
 */
export class DenoUploads {
  readonly #open: Set<Promise<unknown>> = new Set();

  /** The same handler, whose requests with a body count as uploads until it has answered. */
  watch(handler: HostHandler): HostHandler {
    return (request, peer) => {
      const answer = handler(request, peer);
      if (BODILESS.has(request.method) || !(answer instanceof Promise)) return answer;
      const over = () => void this.#open.delete(answer);
      this.#open.add(answer);
      answer.then(over, over);
      return answer;
    };
  }

  /**
   * Resolves when all uploads that are under way now are over, and then at the first moment without any, or a second
   * later: what is read by then has most likely come.
   */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#open);
    if (this.#open.size === 0) return;
    const moment = Promise.withResolvers<void>();
    const timer = setTimeout(moment.resolve, MOMENT_MS);
    let isOver = false;
    void moment.promise.then(() => isOver = true);
    while (this.#open.size > 0 && !isOver) await Promise.race([moment.promise, ...this.#open].map(quietly));
    clearTimeout(timer);
  }
}

function quietly(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch(() => {});
}
