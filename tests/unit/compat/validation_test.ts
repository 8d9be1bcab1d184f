import { assertEquals, assertNotStrictEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  checkObservation,
  copiedLabelsOf,
  invalidLabelNames,
  isObject,
  labelsOf,
  validateMetricName,
} from "../../../src/compat/validation.ts";

Deno.test("validateMetricName() and invalidLabelNames() know the classic data model", () => {
  assertEquals(["a_b:c1", "1a", "a-b", ""].map(validateMetricName), [true, false, false, false]);
  assertEquals(invalidLabelNames(["ok", "a:b", "1", "_"]), ["a:b", "1"]);
});

Deno.test("checkObservation() takes finite numbers only, and says what it got", () => {
  for (const value of [0, -1.5, 1e300]) checkObservation(value);
  for (const value of ["1", NaN, Infinity, null, undefined, {}]) {
    assertThrows(() => checkObservation(value), TypeError, "Value is not a valid number: ");
  }
  assertThrows(() => checkObservation("1"), TypeError, "Value is not a valid number: 1");
});

Deno.test("labelsOf() takes an object as it is, and values in the order of the names", () => {
  const given = { b: 2, a: 1 };
  assertStrictEquals(labelsOf(["a", "b"], [given]), given);
  assertEquals(labelsOf(["a", "b"], [1, "x"]), { a: 1, b: "x" });
  assertEquals([labelsOf([], []), labelsOf(["a"], [null])], [{}, {}]);
});

Deno.test("labelsOf() refuses too few and too many values", () => {
  assertThrows(
    () => labelsOf(["a", "b"], [1]),
    Error,
    'Invalid number of arguments (1): "1" for label names (2): "a, b".',
  );
  assertThrows(
    () => labelsOf([], ["x"]),
    Error,
    'Invalid number of arguments (1): "x" for label names (0): "".',
  );
});

Deno.test("labelsOf() takes a label named __proto__ for a label", () => {
  const labels = labelsOf(["a", "__proto__"], ["x", "y"]);
  assertEquals(Object.entries(labels), [["a", "x"], ["__proto__", "y"]]);
  assertStrictEquals(Object.getPrototypeOf(labels), Object.prototype);
});

Deno.test("copiedLabelsOf() gives an object that the caller cannot change", () => {
  const given = { a: 1 };
  const copy = copiedLabelsOf(["a"], [given]);
  assertEquals(copy, given);
  assertNotStrictEquals(copy, given);
  assertEquals(copiedLabelsOf(["a"], [1]), { a: 1 });
});

Deno.test("isObject() takes null for none", () => {
  assertEquals([{}, [], null, undefined, "a"].map(isObject), [true, true, false, false, false]);
});
