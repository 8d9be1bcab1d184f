/**
 * The process that reads many streams of events at once over plain sockets and counts the events, at as little cost
 * as possible.
 *
 * @module
 */
import { answerCalls } from "../runner/answer_calls.ts";

const LINE_FEED = 10;
const ENCODER = new TextEncoder();

const NAMES = ["num_requests_running", "num_requests_waiting", "kv_cache_usage_perc"];
const FILTER = NAMES.map((name) => `name[]=vllm:${name}`).join("&");

await answerCalls({
  /** Chats with a server on so many connections at once; answers how many events came, and in which time. */
  async streams(port, streams, tokens) {
    const connections = await Promise.all(
      Array.from(
        { length: Number(streams) },
        () => Deno.connect({ hostname: "127.0.0.1", port: Number(port) }),
      ),
    );
    const startMs = performance.now();
    await Promise.all(
      connections.map((connection, index) => connection.write(requestOf(index, Number(tokens)))),
    );
    const counts = await Promise.all(connections.map(readStream));
    const seconds = (performance.now() - startMs) / 1000;
    for (const connection of connections) connection.close();
    // The last event of each stream is the mark of its end.
    return { tokens: counts.reduce((sum, count) => sum + count - 1, 0), seconds };
  },

  /** Scrapes one after the other, so that the server's code is compiled as it is after some minutes of scrapes. */
  async warmUp(port, count) {
    for (let k = 0; k < Number(count); k++) await scrape(Number(port));
  },

  /** Scrapes 20 times a second for a while, as a gateway's picker does; answers how many scrapes there were. */
  async scrapes(port, milliseconds) {
    const endMs = performance.now() + Number(milliseconds);
    let scrapes = 0;
    for (let nextMs = performance.now(); nextMs < endMs; nextMs += 50) {
      await new Promise((resolve) => setTimeout(resolve, nextMs - performance.now()));
      await scrape(Number(port));
      scrapes++;
    }
    return scrapes;
  },
});

async function scrape(port: number): Promise<void> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics?${FILTER}`)).text();
  if (!NAMES.every((name) => text.includes(`vllm:${name}{`))) throw new Error(`Cannot use scrape ${text}`);
}

function requestOf(index: number, tokens: number): Uint8Array {
  const body = JSON.stringify({
    messages: [{ role: "user", content: `Tell me story number ${index}.` }],
    max_tokens: tokens,
    ignore_eos: true,
    stream: true,
  });
  const head = `POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  return ENCODER.encode(head + body);
}

async function readStream(connection: Deno.Conn): Promise<number> {
  const buffer = new Uint8Array(65536);
  let events = 0;
  let last = 0;
  for (;;) {
    const length = await connection.read(buffer);
    if (length === null) return events;
    for (let i = 0; i < length; i++) {
      if (buffer[i] === LINE_FEED && last === LINE_FEED) events++;
      last = buffer[i];
    }
  }
}
