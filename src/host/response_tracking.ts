/**
 * Tells a streamed response from a ready one where the runtime does not say: the constructor notes it.
 *
 * @module
 */

/**
 * Puts a `Response` in place of the global one that notes whether its body is a stream, and returns the function
 * that tells. A response made in another way (by `fetch()`, say) counts as streamed.
 */
export function trackResponses(): (response: Response) => boolean {
  const names = globalThis as { Response: typeof Response };
  const Native = names.Response;
  const ready = new WeakSet<Response>();

  class TrackedResponse extends Native {
    static override [Symbol.hasInstance](value: unknown): boolean {
      return value instanceof Native;
    }

    static override json(data: unknown, init?: ResponseInit): Response {
      const response = Native.json(data, init);
      ready.add(response);
      return response;
    }

    static override redirect(url: string | URL, status?: number): Response {
      const response = Native.redirect(url, status);
      ready.add(response);
      return response;
    }

    constructor(body?: BodyInit | null, init?: ResponseInit) {
      super(body, init);
      if (!isStream(body)) ready.add(this);
    }
  }
  Object.defineProperty(TrackedResponse, "name", { value: "Response" });
  names.Response = TrackedResponse;
  return (response) => !ready.has(response);
}

function isStream(body: unknown): boolean {
  if (typeof body !== "object" || body === null) return false;
  return body instanceof ReadableStream || Symbol.asyncIterator in body;
}
