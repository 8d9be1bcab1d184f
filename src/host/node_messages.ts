/**
 * `node:http` messages as Fetch API objects and back.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from "node:http";

/** The request as the Fetch API has it. @throws {TypeError} If its target, host, method or a header is none that a `Request` can carry. */
export function toRequest(incoming: IncomingMessage, scheme: string): Request {
  const headers = new Headers();
  const raw = incoming.rawHeaders;
  for (let i = 0; i < raw.length; i += 2) headers.append(raw[i], raw[i + 1]);
  const target = incoming.url ?? "/";
  const host = incoming.headers.host ?? "localhost";
  const url = target.startsWith("/")
    ? `${scheme}://${host}${target}`
    : target === "*"
    ? `${scheme}://${host}/`
    : target;
  const method = incoming.method ?? "GET";
  if (method === "GET" || method === "HEAD") return new Request(url, { method, headers });
  const body = bodyOf(incoming);
  return new Request(url, { method, headers, body, duplex: "half" } as RequestInit);
}

/**
 * The message's body. Not by `Readable.toWeb()`: in Deno a chunk that comes after the stream was cancelled throws there
 * where nothing can catch it, and ends the thread.
 */
function bodyOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  const chunks: AsyncIterator<Uint8Array> = incoming[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return?.();
    },
  }, { highWaterMark: 0 });
}

/** Writes the response. Resolves when its last byte was handed to the system, or the client has left. */
export async function sendResponse(
  response: Response,
  outgoing: ServerResponse,
  how: { readonly streamed: boolean; readonly bodiless: boolean },
): Promise<void> {
  for (const [name, value] of response.headers) {
    if (name !== "set-cookie") outgoing.setHeader(name, value);
  }
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) outgoing.setHeader("set-cookie", cookies);
  outgoing.statusCode = response.status;
  if (how.bodiless || hasNoBody(response.status)) {
    outgoing.end();
    if (how.streamed) await response.body?.cancel();
  } else if (how.streamed) {
    await sendStream(response.body!, outgoing);
  } else {
    const bytes = new Uint8Array(await response.arrayBuffer());
    outgoing.setHeader("content-length", bytes.byteLength);
    outgoing.end(bytes);
  }
}

/** The statuses that have no body by definition. */
function hasNoBody(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

/** Sends chunk by chunk, no faster than the client takes them; a client that leaves cancels the stream. */
async function sendStream(body: ReadableStream<Uint8Array>, outgoing: ServerResponse): Promise<void> {
  const reader = body.getReader();
  const gone = () => void reader.cancel("the client left").catch(() => {});
  outgoing.once("close", gone);
  outgoing.flushHeaders();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (!outgoing.write(value)) await drained(outgoing);
    }
    outgoing.removeListener("close", gone);
    outgoing.end();
  } catch {
    // The body failed after its head was sent: cutting the connection is the only way to say so.
    outgoing.destroy();
  }
}

function drained(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      outgoing.removeListener("drain", settle);
      outgoing.removeListener("close", settle);
      resolve();
    };
    outgoing.once("drain", settle);
    outgoing.once("close", settle);
    if (outgoing.destroyed) settle();
  });
}
