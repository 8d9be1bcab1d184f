import { assertEquals, assertRejects } from "@std/assert";
import { type StreamEnd, watchStream } from "../../../../src/server/http/streamed_body.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** A stream of the given chunks, and what its end was reported as, after how many chunks the reader had seen. */
function watched(chunks: string[], contentLength?: number) {
  const ends: { how: StreamEnd; seen: number }[] = [];
  let cancelled: unknown;
  let sent = 0;
  const source = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = chunks[sent++];
      if (chunk === undefined) controller.close();
      else if (chunk === "!") controller.error(new Error("torn"));
      else controller.enqueue(bytes(chunk));
    },
    cancel: (reason) => void (cancelled = reason),
  }, { highWaterMark: 0 });
  const state = { seen: 0 };
  const body = watchStream(source, { contentLength, ended: (how) => ends.push({ how, seen: state.seen }) });
  return { body, ends, state, cancelled: () => cancelled };
}

async function readAll(body: ReadableStream<Uint8Array>, state: { seen: number }): Promise<string> {
  let text = "";
  for await (const chunk of body) {
    state.seen++;
    text += new TextDecoder().decode(chunk);
  }
  return text;
}

Deno.test("watchStream() passes all chunks on and reports the end before the close", async () => {
  const { body, ends, state } = watched(["a", "bc", "d"]);
  assertEquals(await readAll(body, state), "abcd");
  assertEquals(ends, [{ how: "complete", seen: 3 }]);
});

Deno.test("watchStream() reports the end before the chunk that completes the declared length", async () => {
  const { body, ends, state } = watched(["a", "bc", "d"], 4);
  await readAll(body, state);
  assertEquals(ends, [{ how: "complete", seen: 2 }]);
});

Deno.test("watchStream() reports a stream of declared length 0 at once", () => {
  assertEquals(watched([], 0).ends, [{ how: "complete", seen: 0 }]);
});

Deno.test("watchStream() reports a client that leaves, and cancels the source", async () => {
  const { body, ends, cancelled } = watched(["a", "b"]);
  const reader = body.getReader();
  await reader.read();
  await reader.cancel("gone");
  assertEquals(ends.map(({ how }) => how), ["client left"]);
  assertEquals(cancelled(), "gone");
});

Deno.test("watchStream() reports a source that fails, and fails too", async () => {
  const { body, ends, state } = watched(["a", "!"]);
  await assertRejects(() => readAll(body, state), Error, "torn");
  assertEquals(ends, [{ how: "failed", seen: 1 }]);
});

Deno.test("watchStream() reads a chunk only when one is wanted", async () => {
  let pulled = 0;
  const source = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled++;
      controller.enqueue(bytes("x"));
    },
  }, { highWaterMark: 0 });
  const reader = watchStream(source, { contentLength: undefined, ended: () => {} }).getReader();
  assertEquals(pulled, 0);
  await reader.read();
  assertEquals(pulled, 1);
  await reader.cancel();
});
