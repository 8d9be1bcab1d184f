import { assertEquals } from "@std/assert";
import {
  formatFloat,
  formatOpenMetricsFloat,
  writeCount,
  writeFloat,
  writeOpenMetricsFloat,
} from "../../../src/exposition/number_writer.ts";

type Writer = (out: Uint8Array, at: number, value: number) => number;

function written(write: Writer, value: number): string {
  const out = new Uint8Array(64).fill(0x78);
  return new TextDecoder().decode(out.subarray(3, write(out, 3, value)));
}

/** Go's `strconv.FormatFloat(v, 'g', -1, 64)`, save that zero has no sign. */
const GO_FLOATS: [number, string][] = [
  [0, "0"],
  [-0, "0"],
  [1, "1"],
  [-1, "-1"],
  [42, "42"],
  [9999, "9999"],
  [10_000, "10000"],
  [999_999, "999999"],
  [1e6, "1e+06"],
  [-1e6, "-1e+06"],
  [1_234_567, "1.234567e+06"],
  [1_200_000, "1.2e+06"],
  [12_345_678.5, "1.23456785e+07"],
  [123_456_789_012, "1.23456789012e+11"],
  [2 ** 53 - 1, "9.007199254740991e+15"],
  [2 ** 53, "9.007199254740992e+15"],
  [1e21, "1e+21"],
  [1e100, "1e+100"],
  [0.5, "0.5"],
  [-0.25, "-0.25"],
  [0.000125, "0.000125"],
  [1e-4, "0.0001"],
  [1e-5, "1e-05"],
  [1.5e-7, "1.5e-07"],
  [0.1 + 0.2, "0.30000000000000004"],
  [999_999.5, "999999.5"],
  [100.000001, "100.000001"],
  [1 / 3, "0.3333333333333333"],
  [5e-324, "5e-324"],
  [Number.MAX_VALUE, "1.7976931348623157e+308"],
  [NaN, "NaN"],
  [Infinity, "+Inf"],
  [-Infinity, "-Inf"],
];

Deno.test("writeFloat() and formatFloat() give Go's shortest %g", () => {
  for (const [value, text] of GO_FLOATS) {
    assertEquals(written(writeFloat, value), text);
    assertEquals(formatFloat(value), text);
  }
});

Deno.test("writeOpenMetricsFloat() and formatOpenMetricsFloat() add .0 to what looks like an integer", () => {
  for (const [value, text] of GO_FLOATS) {
    const wanted = /^-?\d+$/.test(text) ? `${text}.0` : text;
    assertEquals(written(writeOpenMetricsFloat, value), wanted);
    assertEquals(formatOpenMetricsFloat(value), wanted);
  }
});

Deno.test("writeCount() gives all digits of an integer", () => {
  const integers = [
    0,
    7,
    99,
    1000,
    10_001,
    99_999_999,
    1e8,
    1_000_000_000_001,
    2 ** 53 - 1,
    2 ** 53,
    2 ** 64,
    1e20,
  ];
  for (const value of integers) assertEquals(written(writeCount, value), String(value));
});

Deno.test("writeCount() gives what is no count as writeFloat() does", () => {
  for (const value of [-3, 0.5, NaN, Infinity, 1e21]) {
    assertEquals(written(writeCount, value), written(writeFloat, value));
  }
});
