import { assert, assertEquals, assertRejects } from "@std/assert";
import { zstdDecompressSync } from "node:zlib";
import { type Coding, CODINGS, compress } from "../../../src/host/compress.ts";

const lines = Array.from({ length: 20_000 }, (_, i) => `requests_total{path="/${i % 97}"} ${i}\n`);
const chunks = [lines.slice(0, 1), lines.slice(1)].map((part) => new TextEncoder().encode(part.join("")));

Deno.test("compress() makes bytes that the usual decoders understand", async () => {
  assertEquals(CODINGS, ["gzip", "zstd"]);
  const gzip = await compress(chunks, { coding: "gzip", level: 6 });
  const stream = new Blob(gzip).stream().pipeThrough(new DecompressionStream("gzip"));
  assertEquals(await new Response(stream).text(), lines.join(""));
  const zstd = await compress(chunks, { coding: "zstd", level: 3 });
  const bytes = new Uint8Array(await new Blob(zstd).arrayBuffer());
  assertEquals(new TextDecoder().decode(zstdDecompressSync(bytes)), lines.join(""));
  assert(bytes.length < lines.join("").length / 4);
});

Deno.test("compress() pauses between chunks and fails for a coding that is not there", async () => {
  let pauses = 0;
  await compress(chunks, { coding: "gzip", level: 1, pause: () => Promise.resolve(void pauses++) });
  assertEquals(pauses, 2);
  await assertRejects(() => compress(chunks, { coding: "gzip", level: 99 }), RangeError);
  await assertRejects(
    () => compress(chunks, { coding: "gzip", level: 1, pause: () => Promise.reject(new Error("no")) }),
    Error,
    "no",
  );
});

Deno.test("compress() takes no chunks too", async () => {
  for (const coding of ["gzip", "zstd"] satisfies Coding[]) {
    assert((await compress([], { coding, level: 1 })).length > 0);
  }
});
