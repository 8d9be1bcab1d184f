import { assert, assertEquals } from "@std/assert";
import { entryUrl, spawnThread } from "../../../src/host/worker_thread.ts";
import type { WorkerThread } from "../../../src/host/types.ts";
import { waitFor } from "../../_support/wait_for.ts";

const MODULE = new URL("../../_support/thread_worker.ts", import.meta.url);

/** A thread that has said that it is there. */
async function startThread(data: unknown, options: { heapMegabytesMax?: number } = {}) {
  const thread = spawnThread({ module: MODULE, data, name: "test", ...options });
  const messages: unknown[] = [];
  thread.onMessage((message) => messages.push(message));
  await waitFor(() => messages.length > 0, { what: "the thread's first message" });
  return { thread, messages };
}

/** A thread that counts in its memory as fast as it can, for ever. */
async function startLoop() {
  const memory = new Int32Array(new SharedArrayBuffer(8));
  const { thread } = await startThread({ memory, say: "hello" });
  thread.post({ loop: true });
  await waitFor(() => Atomics.load(memory, 0) !== 0, { what: "the loop" });
  return { thread, count: () => Atomics.load(memory, 0) };
}

async function endOf(thread: WorkerThread) {
  const { code, error, proven } = await thread.ended;
  return { code, error: error?.message, proven };
}

Deno.test("spawnThread() hands memory over before the module runs, and passes messages both ways", async () => {
  const memory = new Int32Array(new SharedArrayBuffer(8));
  const { thread, messages } = await startThread({ memory, say: "hello" });
  assertEquals(messages, ["hello"]);
  thread.post({ echo: 17 });
  await waitFor(() => messages.length === 2, { what: "the echo" });
  assertEquals(messages[1], { echo: 17 });
  thread.post({ exit: 5 });
  assertEquals(await endOf(thread), { code: 5, error: undefined, proven: true });
});

Deno.test("spawnThread() ends a thread that is stuck in a loop, and its end is proven", async () => {
  const [stuck, other] = [await startLoop(), await startLoop()];
  stuck.thread.terminate();
  assertEquals((await endOf(stuck.thread)).proven, true);
  // Deno frees the lock before a thread that waits for a core has come to its end: one more write may follow. It is at
  // rest where it writes nothing while one that does the same, and goes on, has had a core for a good while.
  let last = { stuck: stuck.count(), other: other.count() };
  await waitFor(() => {
    const now = { stuck: stuck.count(), other: other.count() };
    if (now.stuck !== last.stuck) last = now;
    return (now.other - last.other | 0) > 2_000_000;
  }, { what: "the thread's rest", deadlineMs: 60_000 });
  other.thread.terminate();
  assertEquals((await endOf(other.thread)).proven, true);
});

Deno.test("spawnThread() reports what a thread threw", async () => {
  const { thread } = await startThread({ say: "hello" });
  thread.post({ throw: "boom" });
  assertEquals(await endOf(thread), { code: 1, error: "boom", proven: true });
});

Deno.test("spawnThread() survives a thread whose heap overflows", async () => {
  const { thread } = await startThread({ say: "hello" }, { heapMegabytesMax: 64 });
  thread.post({ fill: true });
  const end = await thread.ended;
  assertEquals((end.error as { code?: string } | undefined)?.code, "ERR_WORKER_OUT_OF_MEMORY");
  assertEquals(end.proven, true);
});

Deno.test("entryUrl() wraps what node:worker_threads cannot load", () => {
  assertEquals(entryUrl(new URL("file:///w.ts")).href, "file:///w.ts");
  const wrapped = entryUrl(new URL("https://jsr.io/@a/b/w.ts"));
  assertEquals(wrapped.protocol, "data:");
  assert(decodeURIComponent(wrapped.href).endsWith('import "https://jsr.io/@a/b/w.ts";'));
});
