import { assertEquals } from "@std/assert";
import {
  mergeNatives,
  type NativeState,
  stateOf,
  subtractNative,
} from "../../../src/collect/native_merge.ts";
import { codeOf } from "../../../src/slab/native_code.ts";
import { nativeModel } from "../../_support/native_model.ts";

/** The native buckets of observations as a worker has them. */
function stateFrom(
  observations: readonly number[],
  of: { schema: number; zeroThreshold: number },
): NativeState {
  const { positive, negative, zeroCount } = nativeModel(observations, of);
  const codes = [
    ...[...positive.keys()].map((key) => codeOf(key, false)),
    ...[...negative.keys()].map((key) => codeOf(key, true)),
  ];
  return {
    ...of,
    zeroCount,
    size: codes.length,
    codes: Int32Array.of(...codes, 77),
    counts: Float64Array.of(...positive.values(), ...negative.values(), 99),
  };
}

function pairs({ keys, counts }: { keys: Int32Array; counts: Float64Array }): [number, number][] {
  return Array.from(keys, (key, i) => [key, counts[i]]);
}

Deno.test("mergeNatives() goes to the coarsest schema and adds the buckets up", () => {
  const merged = mergeNatives([
    stateFrom([1, 1.05, 3, -2], { schema: 8, zeroThreshold: 0 }),
    stateFrom([1, 5, -2, 0], { schema: 0, zeroThreshold: 0 }),
  ]);
  assertEquals([merged.schema, merged.zeroThreshold, merged.zeroCount], [0, 0, 1]);
  assertEquals(pairs(merged.positive), [[0, 2], [1, 1], [2, 1], [3, 1]]);
  assertEquals(pairs(merged.negative), [[1, 2]]);
});

Deno.test("mergeNatives() lets the widest zero bucket take what lies within", () => {
  const merged = mergeNatives([
    stateFrom([0.1, 0.2, -0.2, 3], { schema: 0, zeroThreshold: 0 }),
    stateFrom([0.3, 7], { schema: 0, zeroThreshold: 0.5 }),
  ]);
  assertEquals([merged.zeroThreshold, merged.zeroCount], [0.5, 4]);
  assertEquals(pairs(merged.positive), [[2, 1], [3, 1]]);
  assertEquals(pairs(merged.negative), []);
});

Deno.test("mergeNatives() widens a zero bucket that cuts through a bucket, as often as need be", () => {
  const merged = mergeNatives([
    // The bucket of 0.3 is (0.25, 0.5]; widened to 0.5, it cuts through (1/256, 1] of the other.
    stateFrom([0.3], { schema: 0, zeroThreshold: 0 }),
    stateFrom([0.9], { schema: -3, zeroThreshold: 0 }),
    stateFrom([5], { schema: 0, zeroThreshold: 0.4 }),
  ]);
  assertEquals([merged.schema, merged.zeroThreshold, merged.zeroCount], [-3, 1, 2]);
  assertEquals(pairs(merged.positive), [[1, 1]]);
});

Deno.test("mergeNatives() leaves a bucket alone that its own zero bucket cuts through", () => {
  const of = { schema: 0, zeroThreshold: 0.3 };
  const merged = mergeNatives([stateFrom([0.2, 0.4], of), stateFrom([0.45], of)]);
  assertEquals([merged.zeroThreshold, merged.zeroCount], [0.3, 1]);
  assertEquals(pairs(merged.positive), [[-1, 2]]);
});

Deno.test("mergeNatives() skips empty buckets and copes with keys far apart", () => {
  const state = stateFrom([Number.MIN_VALUE, Infinity], { schema: 8, zeroThreshold: 0 });
  const empty = { ...stateFrom([1], state), counts: new Float64Array(2) };
  for (let times = 0; times < 2; times++) {
    const merged = mergeNatives([state, empty]);
    assertEquals(pairs(merged.positive), [[-274944, 1], [262145, 1]]);
  }
});

Deno.test("stateOf() is merged as what it came from", () => {
  const states = [
    stateFrom([1, 1.05, 3, -2], { schema: 8, zeroThreshold: 0 }),
    stateFrom([1, 5, -2, 0], { schema: 3, zeroThreshold: 0 }),
    stateFrom([0.5, -7], { schema: 5, zeroThreshold: 0.25 }),
  ];
  const stepwise = mergeNatives([stateOf(mergeNatives([states[2], states[0]])), states[1]]);
  assertEquals(stepwise, mergeNatives(states));
});

Deno.test("subtractNative() gives what was observed since, whatever was joined meanwhile", () => {
  const before = [0.1, 1, 1.3, 9, -4];
  const since = [0.1, 1.2, -4, -4, 70];
  const earlier = stateFrom(before, { schema: 5, zeroThreshold: 0 });
  const of = { schema: 1, zeroThreshold: 0.125 };
  const net = subtractNative(stateFrom([...before, ...since], of), earlier);
  assertEquals(mergeNatives([net]), mergeNatives([stateFrom(since, of)]));
});
