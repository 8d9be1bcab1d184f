import { assertEquals } from "@std/assert";
import { Playback } from "../../../../../src/llm/pipeline/api/playback.ts";

Deno.test("Playback has no underrun while packets come before the sound ends", () => {
  const playback = new Playback();
  playback.packet(1000, 100);
  playback.packet(1050, 100);
  playback.packet(1200, 100);
  assertEquals([playback.firstMs, playback.underrunSeconds], [1000, 0]);
});

Deno.test("Playback keeps the longest silence, and begins anew after each", () => {
  const playback = new Playback();
  playback.packet(0, 100);
  playback.packet(150, 100);
  playback.packet(350, 100);
  playback.packet(460, 100);
  assertEquals(playback.underrunSeconds, 0.1);
});
