import { assertEquals } from "@std/assert";
import {
  checkLayers,
  findCycles,
  judgeEdge,
  judgeWords,
  layerOf,
  LAYERS,
} from "../../../tools/check_layers.ts";

Deno.test("judgeEdge() lets the listed edges and the own layer pass, and names what a forbidden one may import", () => {
  assertEquals(judgeEdge({ from: "src/slab/slab.ts", to: "src/layout/layout.ts" }), []);
  assertEquals(judgeEdge({ from: "src/slab/slab.ts", to: "src/slab/reader.ts" }), []);
  assertEquals(judgeEdge({ from: "src/exposition/text_sink.ts", to: "src/slab/slab.ts" }), [
    "src/exposition/text_sink.ts imports src/slab/slab.ts: exposition may import model",
  ]);
  assertEquals(judgeEdge({ from: "src/model/samples.ts", to: "src/layout/layout.ts" }), [
    "src/model/samples.ts imports src/layout/layout.ts: model may import nothing",
  ]);
});

Deno.test("judgeEdge() keeps packages and runtime modules out of the layers that run everywhere", () => {
  const words = (from: string, to: string) =>
    judgeEdge({ from, to }).map((problem) => problem.replace(/.*: /, ""));
  assertEquals(words("src/metric/counter.ts", "jsr:@std/http"), ["metric must not depend on any package"]);
  assertEquals(words("src/metric/counter.ts", "links/std_http/mod.ts"), [
    "metric must not depend on any package",
  ]);
  assertEquals(words("src/server/serve.ts", "links/std_http/mod.ts"), []);
  assertEquals(words("src/server/serve.ts", "node:http"), ["only src/host may use a runtime's own modules"]);
  assertEquals(words("src/host/node.ts", "node:http"), []);
});

Deno.test("judgeEdge() forbids src to import mod.ts, tools and unknown folders", () => {
  const words = (from: string, to: string) => judgeEdge({ from, to }).length;
  assertEquals(words("src/server/serve.ts", "mod.ts"), 1);
  assertEquals(words("src/server/serve.ts", "tools/_run.ts"), 1);
  assertEquals(words("src/new_layer/x.ts", "src/model/samples.ts"), 1);
  assertEquals(words("mod.ts", "src/model/samples.ts"), 0);
});

Deno.test("findCycles() names a cycle by its files, and none where two ways lead to one file", () => {
  const edges = (text: string) => text.split(" ").map((edge) => ({ from: edge[0], to: edge[1] }));
  assertEquals(findCycles(edges("ab ac bd cd")), []);
  assertEquals(findCycles(edges("ab bc cb")), ["import cycle: b -> c -> b"]);
  assertEquals(findCycles(edges("aa")), ["import cycle: a -> a"]);
});

Deno.test("judgeWords() finds shared memory and runtimes outside their layers, with the line", () => {
  const code = "const a = 1;\nAtomics.store(view, 0, a);\n";
  assertEquals(judgeWords("src/collect/gather.ts", code), [
    "src/collect/gather.ts:2 names shared memory: only src/slab may",
  ]);
  assertEquals(judgeWords("src/slab/slab.ts", code), []);
  assertEquals(judgeWords("src/server/serve.ts", "Deno.exit(1)").length, 1);
  assertEquals(judgeWords("src/collect/x.ts", "new SharedArrayBuffer(8)").length, 1);
  assertEquals(judgeWords("src/collect/x.ts", "return `${process.pid}`;").length, 1);
  assertEquals(judgeWords("src/collect/x.ts", "globalThis.Deno").length, 1);
});

Deno.test("judgeWords() lets comments, strings and types say what they like", () => {
  const code =
    `// Atomics.store pairs with the load\n/* Deno.serve */ const word = "Atomics.add", x = \`Bun.file\`;
export function attach(buffer: SharedArrayBuffer): void {}`;
  assertEquals(judgeWords("src/collect/gather.ts", code), []);
});

Deno.test("LAYERS has no cycle among the layers themselves", () => {
  const edges = Object.entries(LAYERS).flatMap(([from, allowed]) => allowed.map((to) => ({ from, to })));
  assertEquals(findCycles(edges), []);
  assertEquals([layerOf("src/slab/slab.ts"), layerOf("workers/http_worker.ts"), layerOf("mod.ts")], [
    "slab",
    "workers",
    undefined,
  ]);
});

Deno.test("checkLayers() finds nothing to say about this repository", async () => {
  assertEquals(await checkLayers(), []);
});
