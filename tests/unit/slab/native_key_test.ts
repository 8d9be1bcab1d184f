import { assert, assertEquals } from "@std/assert";
import { coarserKey, FRACTIONS, keyOf, upperBoundOf } from "../../../src/slab/native_key.ts";

/** The number next to a positive one. */
function neighbour(value: number, step: 1n | -1n): number {
  const float = Float64Array.of(value);
  const bits = new BigInt64Array(float.buffer);
  bits[0] += step;
  return float[0];
}

Deno.test("FRACTIONS are the bounds that client_golang has, bit by bit", () => {
  // Some of its constants, among them those where a correctly rounded power of two would differ.
  const known: [schema: number, index: number, bound: number][] = [
    [0, 0, 0.5],
    [1, 1, 0.7071067811865475],
    [2, 1, 0.5946035575013605],
    [2, 3, 0.8408964152537144],
    [3, 1, 0.5452538663326288],
    [3, 7, 0.9170040432046711],
    [4, 15, 0.9576032806985735],
    [5, 16, 0.7071067811865475],
    [5, 31, 0.9785720620876999],
    [6, 63, 0.9892280131939752],
    [7, 127, 0.9945994234836328],
    [8, 1, 0.5013556375251013],
    [8, 101, 0.6572577939746774],
    [8, 255, 0.9972960560854698],
  ];
  for (const [schema, index, bound] of known) {
    assertEquals(FRACTIONS[schema][index], bound, `schema ${schema}, bound ${index}`);
  }
  for (let schema = 1; schema <= 8; schema++) {
    assertEquals(FRACTIONS[schema].length, 2 ** schema);
    for (let i = 1; i < FRACTIONS[schema].length; i++) {
      assert(FRACTIONS[schema][i] > FRACTIONS[schema][i - 1]);
      assert(Math.abs(FRACTIONS[schema][i] - 0.5 * 2 ** (i / 2 ** schema)) < 1e-14);
    }
  }
});

Deno.test("keyOf() puts a bound into its bucket and the next number into the one above, at all schemas", () => {
  for (let schema = -4; schema <= 8; schema++) {
    for (let key = -900; key <= 900; key++) {
      const bound = upperBoundOf(key, schema);
      if (!(bound > 2 ** -1000 && bound < 2 ** 1000)) continue;
      assertEquals(keyOf(bound, schema), key);
      assertEquals(keyOf(neighbour(bound, 1n), schema), key + 1);
      assertEquals(keyOf(neighbour(bound, -1n), schema), key);
    }
  }
});

Deno.test("keyOf() knows the ends of the number line", () => {
  assertEquals(keyOf(Number.MAX_VALUE, 8), 262144);
  assertEquals(keyOf(Infinity, 8), 262145);
  assertEquals(keyOf(Number.MAX_VALUE, 0), 1024);
  assertEquals(keyOf(Infinity, 0), 1025);
  assertEquals(keyOf(Number.MAX_VALUE, -4), 64);
  assertEquals(keyOf(Infinity, -4), 65);
  assertEquals(keyOf(Number.MIN_VALUE, 0), -1074);
  assertEquals(keyOf(Number.MIN_VALUE, 8), -1074 * 256);
  assertEquals(keyOf(3 * Number.MIN_VALUE, 0), -1072);
  assertEquals(keyOf(2 ** -1022, 3), -1022 * 8);
});

Deno.test("upperBoundOf() is the greatest number for the last finite bucket", () => {
  for (let schema = -4; schema <= 8; schema++) {
    assertEquals(upperBoundOf(keyOf(Number.MAX_VALUE, schema), schema), Number.MAX_VALUE);
    assertEquals(upperBoundOf(keyOf(Infinity, schema), schema), Infinity);
  }
  assertEquals(upperBoundOf(0, 3), 1);
  assertEquals(upperBoundOf(8, 3), 2);
  assertEquals(upperBoundOf(-1, -4), 2 ** -16);
  assertEquals(upperBoundOf(-1074, 0), Number.MIN_VALUE);
});

Deno.test("coarserKey() of a value's key is the value's key at the coarser schema", () => {
  const values = [
    Number.MIN_VALUE,
    2 ** -1030,
    1e-300,
    0.3,
    0.5,
    0.75,
    1,
    1.0001,
    2,
    3,
    1e9,
    1e300,
    Infinity,
  ];
  for (let seed = 1; seed <= 200; seed++) values.push(Math.exp(((seed * 7919) % 1400) - 700));
  for (const value of values) {
    for (let schema = 8; schema > -4; schema--) {
      for (let steps = 0; schema - steps >= -4; steps++) {
        assertEquals(coarserKey(keyOf(value, schema), steps), keyOf(value, schema - steps), `${value}`);
      }
    }
  }
});
