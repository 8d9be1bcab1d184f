import { assertEquals, assertRejects } from "@std/assert";
import { observeBody } from "../../../../src/llm/gateway/observed_stream.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** A source that a test feeds, what is passed on of it, and what was told. */
function observed(options: { idleMs?: number; lastWords?: string } = {}) {
  const told: string[] = [];
  let source!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  let cancelled: unknown;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => void (source = controller),
    cancel: (reason) => void (cancelled = reason),
  });
  const passed = observeBody(body, {
    idleMs: options.idleMs ?? 60_000,
    lastWords: () => options.lastWords === undefined ? undefined : bytesOf(options.lastWords),
    events: {
      part: (bytes) => told.push(`part ${new TextDecoder().decode(bytes)}`),
      end: () => told.push("end"),
      broken: (error) => told.push(`broken: ${(error as Error).message}`),
      cancelled: () => told.push("cancelled"),
    },
  });
  return { source, passed, told, cancelled: () => cancelled };
}

Deno.test("observeBody() passes the same bytes on, and tells of each part before it", async () => {
  const { source, passed, told } = observed();
  source.enqueue(bytesOf("ab"));
  const reader = passed.getReader();
  assertEquals([(await reader.read()).value, told], [bytesOf("ab"), ["part ab"]]);
  source.enqueue(bytesOf("c"));
  source.close();
  await reader.read();
  assertEquals([(await reader.read()).done, told], [true, ["part ab", "part c", "end"]]);
});

Deno.test("observeBody() says the last words when the source breaks off, then ends", async () => {
  const { source, passed, told } = observed({ lastWords: "sorry" });
  source.enqueue(bytesOf("ab"));
  const text = new Response(passed).text();
  await Promise.resolve();
  source.error(new Error("torn"));
  assertEquals((await text).endsWith("sorry"), true);
  assertEquals(told.at(-1), "broken: torn");
  assertEquals(told.filter((what) => !what.startsWith("part")).length, 1);
});

Deno.test("observeBody() breaks off too where there are no last words", async () => {
  const { source, passed, told } = observed();
  source.error(new Error("torn"));
  await assertRejects(() => new Response(passed).text(), Error, "torn");
  assertEquals(told, ["broken: torn"]);
});

Deno.test("observeBody() takes a source that is silent for too long for broken, and lets it go", async () => {
  const { passed, told, cancelled } = observed({ idleMs: 1, lastWords: "sorry" });
  assertEquals(await new Response(passed).text(), "sorry");
  assertEquals(told, ["broken: Nothing came for 1 ms"]);
  assertEquals(cancelled() instanceof Error, true);
});

Deno.test("observeBody() lets a silent source go too where there are no last words", async () => {
  const { passed, cancelled } = observed({ idleMs: 1 });
  await assertRejects(() => new Response(passed).text(), Error, "Nothing came for 1 ms");
  assertEquals(cancelled() instanceof Error, true);
});

Deno.test("observeBody() lets the source go when its reader leaves, and tells of nothing after that", async () => {
  const { source, passed, told, cancelled } = observed();
  const reader = passed.getReader();
  const waiting = reader.read();
  await reader.cancel("enough");
  assertEquals([(await waiting).done, told, cancelled()], [true, ["cancelled"], "enough"]);
  // The source of a body that was let go is closed, so that nothing can come any more.
  assertEquals(source.desiredSize, 0);
});
