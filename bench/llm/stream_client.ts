/**
 * Reads many streams of events at once over plain sockets and counts the events, at as little cost as possible.
 * Usage: `stream_client.ts PORT STREAMS TOKENS`; prints `READY` when all are connected, starts at a line on stdin,
 * and prints one line of JSON in the end.
 *
 * @module
 */
const [port, streams, tokens] = Deno.args.map(Number);
const LINE_FEED = 10;

async function readStream(connection: Deno.Conn): Promise<number> {
  const buffer = new Uint8Array(65536);
  let feeds = 0;
  let last = 0;
  for (;;) {
    const length = await connection.read(buffer);
    if (length === null) return feeds;
    for (let i = 0; i < length; i++) {
      if (buffer[i] === LINE_FEED && last === LINE_FEED) feeds++;
      last = buffer[i];
    }
  }
}

const connections = await Promise.all(
  Array.from({ length: streams }, () => Deno.connect({ hostname: "127.0.0.1", port })),
);
console.log("READY");
await Deno.stdin.read(new Uint8Array(16));
const startMs = performance.now();
await Promise.all(connections.map(async (connection, index) => {
  const body = JSON.stringify({
    messages: [{ role: "user", content: `Tell me story number ${index}.` }],
    max_tokens: tokens,
    ignore_eos: true,
    stream: true,
  });
  const head = `POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  await connection.write(new TextEncoder().encode(head + body));
}));
const counts = await Promise.all(connections.map(readStream));
const events = counts.reduce((sum, count) => sum + count, 0);
// The last event of each stream is the mark of its end.
console.log(JSON.stringify({ tokens: events - streams, seconds: (performance.now() - startMs) / 1000 }));
