import { assertEquals, assertThrows } from "@std/assert";
import { checkNative } from "../../../src/model/native_options.ts";

const FAMILY = { type: "histogram", what: "Cannot define it" } as const;

Deno.test("checkNative() finds the schema of a factor as client_golang does", () => {
  const known = [
    [65536, -4],
    [1e9, -4],
    [256, -3],
    [16, -2],
    [4, -1],
    [2, 0],
    [1.5, 1],
    [1.2, 2],
    [1.1, 3],
    [1.05, 4],
    [1.03, 5],
    [1.02, 6],
    [1.01, 7],
    [1.005, 8],
    [1.0001, 8],
  ];
  for (const [factor, schema] of known) {
    const native = checkNative({ factor }, FAMILY);
    assertEquals(native?.schema, schema, `factor ${factor}`);
    assertEquals(JSON.stringify(native?.schema), String(schema));
  }
});

Deno.test("checkNative() completes what is given", () => {
  assertEquals(checkNative(undefined, FAMILY), undefined);
  assertEquals(checkNative(false, FAMILY), undefined);
  const defaults = {
    schema: 3,
    zeroThreshold: 2 ** -128,
    maxBuckets: 160,
    maxZeroThreshold: 0,
    minResetSeconds: 0,
  };
  assertEquals(checkNative(true, FAMILY), defaults);
  assertEquals(checkNative({ schema: -4, maxBuckets: 8 }, FAMILY), {
    ...defaults,
    schema: -4,
    maxBuckets: 8,
  });
  assertThrows(() => checkNative(true, { ...FAMILY, type: "gauge" }), TypeError, "on histograms only");
});
