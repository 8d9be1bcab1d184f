/**
 * Tells a streamed response from a ready one where the runtime does not say: the constructor notes it.
 *
 * @module
 */
import { bytesOf } from "./ready_body.ts";
import type { BodyJudge } from "./types.ts";

/**
 * Puts a `Response` in place of the global one that notes what its body was made of, and returns what then can tell.
 * A response made in another way (by `fetch()`, say) counts as streamed.
 */
export function trackResponses(): BodyJudge {
  const names = globalThis as { Response: typeof Response };
  const Native = names.Response;
  const ready = new WeakMap<Response, unknown>();

  class TrackedResponse extends Native {
    static override [Symbol.hasInstance](value: unknown): boolean {
      return value instanceof Native;
    }

    static override json(data: unknown, init?: ResponseInit): Response {
      const response = Native.json(data, init);
      ready.set(response, UNKNOWN);
      return response;
    }

    static override redirect(url: string | URL, status?: number): Response {
      const response = Native.redirect(url, status);
      ready.set(response, null);
      return response;
    }

    constructor(body?: BodyInit | null, init?: ResponseInit) {
      super(body, init);
      if (!isStream(body)) ready.set(this, body);
    }
  }
  Object.defineProperty(TrackedResponse, "name", { value: "Response" });
  names.Response = TrackedResponse;
  return {
    isStreamed: (response) => !ready.has(response),
    readyBytes: (response) => bytesOf(ready.get(response)),
  };
}

/** Stands for a ready body whose size is not known. */
const UNKNOWN = Symbol("unknown");

function isStream(body: unknown): boolean {
  if (typeof body !== "object" || body === null) return false;
  return body instanceof ReadableStream || Symbol.asyncIterator in body;
}
