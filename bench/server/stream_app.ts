/**
 * An application that streams tokens as events, as LLM gateways do.
 *
 * @module
 */

/** What is told of a stream while it runs. */
export interface StreamMeter {
  /** A token has gone out, so many seconds after the one before. */
  token(seconds: number): void;
  /** The stream has ended. */
  end(tokens: number): void;
}

const TOKENS = 500;
const EVENT = new TextEncoder().encode(
  `data: {"id":"cmpl-1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":" token"}}]}\n\n`,
);

/** Streams 500 tokens as fast as they are taken, one event each. */
export function streamTokens(meter: StreamMeter | undefined): Response {
  let sent = 0;
  let lastMs = performance.now();
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent === TOKENS) {
        meter?.end(sent);
        controller.close();
        return;
      }
      sent++;
      if (meter !== undefined) {
        const nowMs = performance.now();
        meter.token((nowMs - lastMs) / 1000);
        lastMs = nowMs;
      }
      controller.enqueue(EVENT);
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}
