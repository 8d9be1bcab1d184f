import { assertEquals } from "@std/assert";
import UPNG from "npm:upng-js@2.1.0";
import { decodeLatents, latentBytes, pictureSize } from "../../../../../src/llm/pipeline/wire/latents.ts";
import { crcOf, encodePng } from "../../../../../src/llm/pipeline/media/png.ts";
import { readPipeline } from "../../../../../src/llm/pipeline/read_pipeline.ts";

/** What a decoder that nobody here wrote makes of a file: the pixels of each picture, without transparency. */
function decode(file: Uint8Array<ArrayBuffer>): number[][] {
  const image = UPNG.decode(file.buffer);
  const pictures: ArrayBuffer[] = UPNG.toRGBA8(image);
  return pictures.map((pixels) => [...new Uint8Array(pixels)].filter((_, i) => i % 4 < 3));
}

function pixels(seed: number, count: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: count }, (_, i) => i * 7 + seed * 31);
}

Deno.test("encodePng() makes files that another decoder reads back pixel by pixel", async () => {
  const picture = pixels(1, 5 * 3 * 3);
  assertEquals(decode(await encodePng([picture], { width: 5, height: 3 })), [[...picture]]);
});

Deno.test("encodePng() makes an animation of several pictures", async () => {
  const pictures = [1, 2, 3].map((seed) => pixels(seed, 4 * 4 * 3));
  const file = await encodePng(pictures, { width: 4, height: 4, framesPerSecond: 8 });
  assertEquals(decode(file), pictures.map((picture) => [...picture]));
});

Deno.test("crcOf() is the check sum of the PNG format", () => {
  assertEquals(crcOf(new TextEncoder().encode("IEND")), 0xae426082);
});

Deno.test("decodeLatents() gives each latent's colour to its pixels", () => {
  const size = { width: 16, height: 8 };
  const decoded = decodeLatents(Uint8Array.of(100, 0, 7, 0, 100, 9), size);
  assertEquals(decoded.length, 16 * 8 * 3);
  assertEquals([decoded[2], decoded[8 * 3 + 2]], [7, 9]);
});

Deno.test("pictureSize() is what the request wishes, else what the decoder has", () => {
  const { stages } = readPipeline({
    model: "m",
    stages: [
      { name: "a", kind: "llm" },
      { name: "b", kind: "diffusion" },
      { name: "c", kind: "image", width: 24, height: 16 },
    ],
    edges: [{ from: "a", to: "b" }, { from: "b", to: "c" }],
    routes: { image: ["a", "b", "c"] },
  });
  assertEquals(pictureSize(stages[2], undefined), { width: 24, height: 16 });
  assertEquals(pictureSize(stages[2], { width: 9, height: 8, count: 1 }), { width: 9, height: 8 });
  assertEquals(latentBytes(stages[2], { width: 9, height: 8, count: 1 }), 6);
});
