import { assertEquals } from "@std/assert";
import { SteadyTotals } from "../../../src/collect/steady_totals.ts";

const LESS = 1.2999999999999998;

Deno.test("SteadyTotals.hold() keeps what shrank by rounding, until it grows again", () => {
  const steady = new SteadyTotals({ stride: 1, column: 0 });
  steady.reserve(2);
  const pass = (...values: number[]) => {
    const given = Float64Array.from(values);
    steady.hold([1, 0], given);
    return [...given];
  };
  assertEquals(pass(1.3, 5), [1.3, 5]);
  assertEquals(pass(LESS, 5), [1.3, 5]);
  assertEquals(pass(LESS, 6), [1.3, 6]);
  assertEquals(pass(1.3000000000000003, 6), [1.3000000000000003, 6]);
});

Deno.test("SteadyTotals.hold() lets totals shrink that were made to, and what is no number", () => {
  const steady = new SteadyTotals({ stride: 1, column: 0 });
  steady.reserve(1);
  for (const value of [10, 9.999999, 0, -5, -5.000001, NaN, 3, Infinity, 3]) {
    const values = Float64Array.of(value);
    steady.hold([0], values);
    assertEquals(values[0], value);
  }
});

Deno.test("SteadyTotals.hold() looks at one number of each series", () => {
  const steady = new SteadyTotals({ stride: 3, column: 2 });
  steady.reserve(2);
  steady.hold([0, 1], Float64Array.of(1, 1.3, 1.3, 1, 1.3, 1.3));
  const values = Float64Array.of(1, LESS, LESS, 1, LESS, LESS);
  steady.hold([0, 1], values);
  assertEquals([...values], [1, LESS, 1.3, 1, LESS, 1.3]);
});

Deno.test("SteadyTotals.forget() begins a series anew", () => {
  const steady = new SteadyTotals({ stride: 1, column: 0 });
  steady.reserve(1);
  steady.hold([0], Float64Array.of(1.3));
  steady.forget(0);
  const values = Float64Array.of(LESS);
  steady.hold([0], values);
  assertEquals(values[0], LESS);
});
