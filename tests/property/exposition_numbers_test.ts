/**
 * Numbers as bytes against Go's rules, worked out another way. `PROMSLAB_RUNS=10` tries a million of them.
 */
import { assertEquals } from "@std/assert";
import {
  formatFloat,
  formatOpenMetricsFloat,
  writeCount,
  writeFloat,
  writeOpenMetricsFloat,
} from "../../src/exposition/number_writer.ts";
import { goFloat } from "../_support/expected_samples.ts";

const COUNT = 100_000 * Number(Deno.env.get("PROMSLAB_RUNS") ?? 1);
const SEED = Number(Deno.env.get("PROMSLAB_SEED") ?? Date.now() % 2 ** 31);

/** The generator mulberry32: integers below 2^32. */
function randomWords(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return (word ^ (word >>> 14)) >>> 0;
  };
}

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);

/** The double that is so many steps away from another. */
function neighbour(value: number, steps: number): number {
  float[0] = value;
  words[0] += steps;
  return float[0];
}

/** Doubles of all kinds: any bits, powers of ten and two and their neighbours, integers, short and long decimals. */
function* doubles(): Iterable<number> {
  for (let exponent = -324; exponent <= 308; exponent++) {
    for (const digits of [1, 9, 9.9, 1.5]) {
      for (let steps = -2; steps <= 2; steps++) yield neighbour(Number(`${digits}e${exponent}`), steps);
    }
  }
  for (let exponent = -1074; exponent < 1024; exponent++) {
    for (let steps = -1; steps <= 1; steps++) yield neighbour(2 ** exponent, steps);
  }
  const next = randomWords(SEED);
  const unit = () => next() / 2 ** 32;
  for (let i = 0; i < COUNT; i++) {
    words[0] = next();
    words[1] = next();
    yield float[0];
    const integer = Math.floor(unit() * 10 ** Math.ceil(unit() * 16));
    yield integer;
    yield integer / 10 ** Math.floor(unit() * 10);
    yield unit() * 10 ** Math.floor(unit() * 16 - 5);
  }
}

Deno.test(`writeFloat(), writeOpenMetricsFloat() and writeCount() follow Go in ${COUNT} random doubles of each kind`, () => {
  const out = new Uint8Array(64);
  const decoder = new TextDecoder();
  const written = (write: typeof writeFloat, value: number) =>
    decoder.decode(out.subarray(0, write(out, 0, value)));
  const failures: unknown[] = [];
  for (const magnitude of doubles()) {
    for (const value of [magnitude, -magnitude]) {
      const go = goFloat(value);
      const openMetrics = /[.eNI]/.test(go) ? go : `${go}.0`;
      const count = Number.isInteger(value) && value >= 0 && value < 1e21 ? String(value) : go;
      const found = [written(writeFloat, value), formatFloat(value), written(writeOpenMetricsFloat, value)];
      found.push(formatOpenMetricsFloat(value), written(writeCount, value));
      const wanted = [go, go, openMetrics, openMetrics, count];
      if (found.every((text, i) => text === wanted[i])) continue;
      failures.push({ value, found, wanted });
      if (failures.length === 5) break;
    }
  }
  assertEquals(failures, [], `PROMSLAB_SEED=${SEED}`);
});
