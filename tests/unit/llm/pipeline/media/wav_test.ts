import { assertEquals } from "@std/assert";
import wavefile from "npm:wavefile@11.0.0";
import { encodeWav, wavHeader } from "../../../../../src/llm/pipeline/media/wav.ts";

Deno.test("encodeWav() makes files that another decoder reads back sample by sample", () => {
  const samples = Int16Array.of(0, 1, -1, 32767, -32768, 12);
  const bytes = new Uint8Array(samples.buffer);
  const wav = new wavefile.WaveFile(encodeWav(24_000, [bytes.subarray(0, 4), bytes.subarray(4)]));
  const { sampleRate, numChannels, bitsPerSample, audioFormat } = wav.fmt as Record<string, number>;
  assertEquals([sampleRate, numChannels, bitsPerSample, audioFormat], [24_000, 1, 16, 1]);
  assertEquals([...wav.getSamples(false, Int16Array)], [...samples]);
});

Deno.test("wavHeader() says of a stream that its length is not known", () => {
  const view = new DataView(wavHeader(8000, undefined).buffer);
  assertEquals([view.getUint32(4, true), view.getUint32(40, true)], [0xffffffff, 0xffffffff]);
});
