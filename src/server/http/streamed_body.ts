/**
 * Watches a streamed response until its end.
 *
 * @module
 */
// DATA PLANE

/** How a stream ended: all of it was sent, the client left, or the handler's stream failed. */
export type StreamEnd = "complete" | "client left" | "failed";

/** What is wanted from a stream on its way. */
export interface StreamWatch {
  /** Called once, before the last byte is passed on. */
  readonly ended: (how: StreamEnd, error?: unknown) => void;
  /** Called with the size of each chunk before it is passed on. */
  readonly chunk?: (bytes: number) => void;
  /** The body's length if the response declares it: then the end is known before the stream closes. */
  readonly contentLength: number | undefined;
}

/**
 * A stream that passes on the chunks of another. It wraps the reader rather than piping, which costs less per chunk,
 * and reads a chunk only when the client takes one. `ended` runs before the close, the error or the chunk that completes
 * the declared length is passed on, so that who has seen the last byte finds the request counted.
 */
export function watchStream(
  body: ReadableStream<Uint8Array>,
  watch: StreamWatch,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let left = watch.contentLength ?? Infinity;
  let over = false;
  const end = (how: StreamEnd, error?: unknown) => {
    if (over) return;
    over = true;
    watch.ended(how, error);
  };
  if (left === 0) end("complete");
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      let step: ReadableStreamReadResult<Uint8Array>;
      try {
        step = await reader.read();
      } catch (error) {
        end("failed", error);
        throw error;
      }
      if (step.done) {
        end("complete");
        controller.close();
        return;
      }
      watch.chunk?.(step.value.byteLength);
      left -= step.value.byteLength;
      if (left <= 0) end("complete");
      controller.enqueue(step.value);
    },
    cancel(reason) {
      end("client left");
      return reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
}
