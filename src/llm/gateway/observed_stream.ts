/**
 * Passes a body on while somebody looks at it: each part when it comes, and nothing is held back.
 *
 * @module
 */

/** What happens to a body. Exactly one of `end`, `broken` and `cancelled` is called. */
export interface BodyEvents {
  part(bytes: Uint8Array): void;
  /** All of it was passed on. */
  end(): void;
  /** It broke off, or was silent for too long. */
  broken(error: unknown): void;
  /** Who reads it has left. */
  cancelled(): void;
}

/**
 * The same bytes.
 *
 * @param options.idleMs How long the source may be silent.
 * @param options.lastWords What is sent if the body breaks off, so that the client learns why.
 */
export function observeBody(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  options: {
    events: BodyEvents;
    idleMs: number;
    lastWords: (error: unknown) => Uint8Array<ArrayBuffer> | undefined;
  },
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const { events, idleMs } = options;
  const reader = body.getReader();
  let over = false;
  return new ReadableStream({
    async pull(controller) {
      const silence = Promise.withResolvers<never>();
      const timer = setTimeout(() => silence.reject(new Error(`Nothing came for ${idleMs} ms`)), idleMs);
      try {
        const { done, value } = await Promise.race([reader.read(), silence.promise]);
        if (over) return;
        if (done) {
          over = true;
          events.end();
          controller.close();
        } else {
          events.part(value);
          controller.enqueue(value);
        }
      } catch (error) {
        if (over) return;
        over = true;
        events.broken(error);
        const words = options.lastWords(error);
        if (words === undefined) controller.error(error);
        else {
          controller.enqueue(words);
          controller.close();
        }
        await reader.cancel(error).catch(() => {});
      } finally {
        clearTimeout(timer);
      }
    },
    cancel(reason) {
      if (!over) {
        over = true;
        events.cancelled();
      }
      // What goes wrong while the source is closed concerns nobody any more.
      return reader.cancel(reason).catch(() => {});
    },
  });
}
