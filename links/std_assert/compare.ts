/**
 * Assertions on one value, or on the order of two.
 *
 * @module
 */
import { inspect } from "node:util";
import { AssertionError, withSuffix } from "./assertion_error.ts";

/** Any constructor, abstract ones too. */
// deno-lint-ignore no-explicit-any
export type AnyConstructor = new (...args: any[]) => any;

/** What `new` makes of a constructor. */
export type GetConstructorType<T extends AnyConstructor> = InstanceType<T>;

/** Values that are false in a condition. */
export type Falsy = false | 0 | 0n | "" | null | undefined;

/** @throws {AssertionError} If `expr` is falsy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

/** @throws {AssertionError} If `expr` is truthy. */
export function assertFalse(expr: unknown, msg = ""): asserts expr is Falsy {
  if (expr) throw new AssertionError(msg);
}

/** @throws {AssertionError} Always. */
export function fail(msg?: string): never {
  throw new AssertionError(withSuffix("Failed assertion", msg));
}

/** @throws {AssertionError} Always: a place that no run may reach. */
export function unreachable(msg?: string): never {
  throw new AssertionError(withSuffix("Unreachable", msg));
}

/** @throws {AssertionError} If the value is null or undefined. */
export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T> {
  if (actual === undefined || actual === null) {
    throw new AssertionError(withSuffix(`Expected actual: "${actual}" to not be null or undefined`, msg));
  }
}

/** @throws {AssertionError} If `actual` is not an instance of `expectedType`. */
export function assertInstanceOf<T extends AnyConstructor>(
  actual: unknown,
  expectedType: T,
  msg = "",
): asserts actual is GetConstructorType<T> {
  if (actual instanceof expectedType) return;
  const given = typeof actual === "object" && actual !== null ? actual.constructor?.name : typeof actual;
  throw new AssertionError(
    withSuffix(
      `Expected object to be an instance of "${expectedType.name}" but was "${given}"`,
      msg || undefined,
    ),
  );
}

/** @throws {AssertionError} If `actual` is an instance of `unexpectedType`. */
export function assertNotInstanceOf<A, T>(
  actual: A,
  // deno-lint-ignore no-explicit-any
  unexpectedType: abstract new (...args: any[]) => T,
  msg?: string,
): asserts actual is Exclude<A, T> {
  if (actual instanceof unexpectedType) {
    throw new AssertionError(
      withSuffix(`Expected object to not be an instance of "${unexpectedType.name}"`, msg),
    );
  }
}

/**
 * @throws {AssertionError} If the two numbers differ by more than `tolerance`, by default a ten-millionth of
 * `expected`.
 */
export function assertAlmostEquals(actual: number, expected: number, tolerance?: number, msg?: string): void {
  if (Object.is(actual, expected)) return;
  const allowed = tolerance ?? (Number.isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7);
  if (Math.abs(expected - actual) <= allowed) return;
  throw new AssertionError(
    withSuffix(`Expected actual: "${actual}" to be close to "${expected}" within ${allowed}`, msg),
  );
}

/** @throws {AssertionError} Unless `actual > expected`. */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual > expected)) {
    throw new AssertionError(withSuffix(`Expect ${inspect(actual)} > ${inspect(expected)}`, msg));
  }
}

/** @throws {AssertionError} Unless `actual >= expected`. */
export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual >= expected)) {
    throw new AssertionError(withSuffix(`Expect ${inspect(actual)} >= ${inspect(expected)}`, msg));
  }
}

/** @throws {AssertionError} Unless `actual < expected`. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual < expected)) {
    throw new AssertionError(withSuffix(`Expect ${inspect(actual)} < ${inspect(expected)}`, msg));
  }
}

/** @throws {AssertionError} Unless `actual <= expected`. */
export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual <= expected)) {
    throw new AssertionError(withSuffix(`Expect ${inspect(actual)} <= ${inspect(expected)}`, msg));
  }
}

/** @throws {AssertionError} If the expression does not match. */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  // A global or sticky expression would begin where its last match ended.
  expected.lastIndex = 0;
  if (!expected.test(actual)) {
    throw new AssertionError(withSuffix(`Expected actual: "${actual}" to match: "${expected}"`, msg));
  }
}

/** @throws {AssertionError} If the expression matches. */
export function assertNotMatch(actual: string, expected: RegExp, msg?: string): void {
  expected.lastIndex = 0;
  if (expected.test(actual)) {
    throw new AssertionError(withSuffix(`Expected actual: "${actual}" to not match: "${expected}"`, msg));
  }
}

/** @throws {AssertionError} If `expected` does not occur in `actual`. */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (!actual.includes(expected)) {
    throw new AssertionError(withSuffix(`Expected actual: "${actual}" to contain: "${expected}"`, msg));
  }
}
