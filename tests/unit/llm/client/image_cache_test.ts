import { assertEquals } from "@std/assert";
import { ImageCache } from "../../../../src/llm/client/image_cache.ts";

Deno.test("ImageCache finds what it has seen lately", () => {
  const cache = new ImageCache();
  assertEquals(cache.lookup(["a", "b", "a"]), 1);
  assertEquals(cache.lookup(["b", "c"]), 1);
  cache.lookup(Array.from({ length: 1024 }, (_, i) => `new-${i}`));
  assertEquals(cache.lookup(["b"]), 0, "the oldest leave first");
});

Deno.test("ImageCache keeps an image that was looked up again longer than those that came with it", () => {
  const cache = new ImageCache();
  cache.lookup(["old", "kept"]);
  cache.lookup(Array.from({ length: 1022 }, (_, i) => `new-${i}`));
  assertEquals(cache.lookup(["kept"]), 1);
  // There is room for 1024: one more puts out the one that was used last the longest ago.
  cache.lookup(["another"]);
  assertEquals([cache.lookup(["kept"]), cache.lookup(["old"])], [1, 0]);
});
