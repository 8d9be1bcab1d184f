/**
 * A local stand-in for the part of `@std/assert` that promslab uses: same names, same signatures, same behaviour,
 * written over `node:assert` and `node:util`. Remove the `links` entry of deno.json to use the original.
 *
 * @module
 */
export { AssertionError } from "./assertion_error.ts";
export {
  assert,
  assertAlmostEquals,
  assertExists,
  assertFalse,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotInstanceOf,
  assertNotMatch,
  assertStringIncludes,
  fail,
  unreachable,
} from "./compare.ts";
export type { AnyConstructor, Falsy, GetConstructorType } from "./compare.ts";
export {
  assertArrayIncludes,
  assertEquals,
  assertNotEquals,
  assertNotStrictEquals,
  assertObjectMatch,
  assertStrictEquals,
  equal,
} from "./equal.ts";
export { assertIsError, assertRejects, assertThrows } from "./throws.ts";
