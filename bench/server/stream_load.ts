/**
 * Clients that read streams of events, one after the other.
 *
 * @module
 */
import type { Target } from "./load.ts";

const LINE_FEED = 10;

/** Reads streams on so many connections at once, for so long; answers the events that came, and in which time. */
export async function streamLoad(
  { port, path, connections, milliseconds }: Target,
): Promise<{ tokens: number; seconds: number }> {
  const startMs = performance.now();
  const endMs = startMs + milliseconds;
  const counts = await Promise.all(Array.from({ length: connections }, async () => {
    let events = 0;
    while (performance.now() < endMs) events += await readStream(port, path);
    return events;
  }));
  const tokens = counts.reduce((a, b) => a + b, 0);
  return { tokens, seconds: (performance.now() - startMs) / 1000 };
}

/**
 * Reads one stream to its end; answers how many events it had.
 *
 * @throws {Error} If there was none.
 */
async function readStream(port: number, path: string): Promise<number> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const request = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`;
  await connection.write(new TextEncoder().encode(request));
  const buffer = new Uint8Array(64 * 1024);
  let events = 0;
  let last = 0;
  for (;;) {
    const length = await connection.read(buffer);
    if (length === null) break;
    for (let index = 0; index < length; index++) {
      if (buffer[index] === LINE_FEED && last === LINE_FEED) events++;
      last = buffer[index];
    }
  }
  if (events === 0) throw new Error("Cannot count the stream's events: there is none");
  return events;
}
