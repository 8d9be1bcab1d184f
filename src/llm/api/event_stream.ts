/**
 * Server-sent events, written as they happen.
 *
 * @module
 */

const ENCODER = new TextEncoder();

/** The body of an answer that is a stream of events. Owner thread only. */
export class EventStream {
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  #controller!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  #open = true;

  /** @param onCancel Called once if the client leaves before the end. */
  constructor(onCancel: () => void) {
    this.body = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
      },
      cancel: () => {
        if (!this.#open) return;
        this.#open = false;
        onCancel();
      },
    });
  }

  /** Sends an event of this data, which has no line breaks. */
  send(data: string): void {
    if (this.#open) this.#controller.enqueue(ENCODER.encode(`data: ${data}\n\n`));
  }

  /** Ends the stream as OpenAI's clients expect it. */
  end(): void {
    if (!this.#open) return;
    this.send("[DONE]");
    this.#open = false;
    this.#controller.close();
  }

  /** The answer with this body. */
  toResponse(): Response {
    return new Response(this.body, {
      headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" },
    });
  }
}
