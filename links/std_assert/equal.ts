/**
 * Deep equality, and the assertions that rest on it.
 *
 * @module
 */
import nodeAssert from "node:assert";
import { inspect } from "node:util";
import { AssertionError, withSuffix } from "./assertion_error.ts";

type Seen = Map<object, Set<object>>;
type Elements = ArrayLike<number | bigint>;

/**
 * Whether two values are deeply equal: NaN equals NaN, 0 equals -0, constructors must agree, a missing
 * property is not an undefined one.
 */
export function equal(a: unknown, b: unknown): boolean {
  return same(a, b, new Map());
}

/** @throws {AssertionError} If the two are not deeply equal; the message shows the difference. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!equal(actual, expected)) {
    throw new AssertionError(withSuffix("Values are not equal", msg) + "\n" + difference(actual, expected));
  }
}

/** @throws {AssertionError} If the two are deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) {
    throw new AssertionError(
      withSuffix(`Expected actual: ${inspect(actual)} not to be: ${inspect(expected)}`, msg),
    );
  }
}

/** @throws {AssertionError} If the two are not the same value by `Object.is`. */
export function assertStrictEquals<T>(actual: unknown, expected: T, msg?: string): asserts actual is T {
  if (!Object.is(actual, expected)) {
    throw new AssertionError(
      withSuffix("Values are not strictly equal", msg) + "\n" + difference(actual, expected),
    );
  }
}

/** @throws {AssertionError} If the two are the same value by `Object.is`. */
export function assertNotStrictEquals<T>(actual: T, expected: T, msg?: string): void {
  if (Object.is(actual, expected)) {
    throw new AssertionError(
      withSuffix(`Expected "actual" not to be strictly equal to: ${inspect(actual)}`, msg),
    );
  }
}

/** @throws {AssertionError} If `actual` lacks an element that is deeply equal to one of `expected`. */
export function assertArrayIncludes<T>(actual: ArrayLike<T>, expected: ArrayLike<T>, msg?: string): void {
  const missing = Array.from(expected).filter((item) =>
    !Array.from(actual).some((other) => equal(item, other))
  );
  if (missing.length > 0) {
    throw new AssertionError(
      withSuffix(`Expected actual: ${inspect(actual)} to include: ${inspect(expected)}`, msg) +
        `\nmissing: ${inspect(missing)}`,
    );
  }
}

/** @throws {AssertionError} If `actual` lacks a property of `expected`, or holds another value there; deep. */
export function assertObjectMatch(
  // deno-lint-ignore no-explicit-any
  actual: Record<PropertyKey, any>,
  expected: Record<PropertyKey, unknown>,
  msg?: string,
): void {
  if (!covers(actual, expected)) {
    throw new AssertionError(
      withSuffix("Object does not match", msg) +
        `\nactual: ${inspect(actual)}\nexpected: ${inspect(expected)}`,
    );
  }
}

function covers(actual: unknown, expected: unknown): boolean {
  if (!isPlain(expected) || !isPlain(actual)) return equal(actual, expected);
  return Reflect.ownKeys(expected).every((key) => key in actual && covers(actual[key], expected[key]));
}

function isPlain(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    [Object.prototype, null].includes(Object.getPrototypeOf(value));
}

function difference(actual: unknown, expected: unknown): string {
  try {
    nodeAssert.deepStrictEqual(actual, expected);
  } catch (error) {
    return (error as Error).message;
  }
  return `actual: ${inspect(actual)}\nexpected: ${inspect(expected)}`;
}

function same(a: unknown, b: unknown, seen: Seen): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if ((a.constructor ?? Object) !== (b.constructor ?? Object)) return false;
  if (a instanceof Date) return Object.is(a.getTime(), (b as Date).getTime());
  if (a instanceof RegExp || a instanceof URL) return String(a) === String(b);
  // A pair that is being compared further up is equal as far as this branch can tell.
  if (seen.get(a)?.has(b)) return true;
  seen.set(a, (seen.get(a) ?? new Set()).add(b));
  if (a instanceof ArrayBuffer || a instanceof SharedArrayBuffer) {
    return sameElements(new Uint8Array(a), new Uint8Array(b as ArrayBuffer));
  }
  if (isTypedArray(a)) return isTypedArray(b) && sameElements(a, b);
  if (a instanceof Map) return sameEntries([...a], [...(b as Map<unknown, unknown>)], seen);
  if (a instanceof Set) return sameEntries([...a], [...(b as Set<unknown>)], seen);
  if (a instanceof Error && (a.name !== (b as Error).name || a.message !== (b as Error).message)) {
    return false;
  }
  return sameProperties(a as Record<PropertyKey, unknown>, b as Record<PropertyKey, unknown>, seen);
}

function isTypedArray(value: object): value is Elements {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/** Compares typed arrays without a list of their keys, which long ones would make slow. */
function sameElements(a: Elements, b: Elements): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i] && !(Number.isNaN(a[i]) && Number.isNaN(b[i]))) return false;
  }
  return true;
}

/** Compares two collections whose order does not count. */
function sameEntries(a: unknown[], b: unknown[], seen: Seen): boolean {
  if (a.length !== b.length) return false;
  const rest = [...b];
  return a.every((item) => {
    const at = rest.findIndex((other) => same(item, other, seen));
    if (at < 0) return false;
    rest.splice(at, 1);
    return true;
  });
}

function sameProperties(
  a: Record<PropertyKey, unknown>,
  b: Record<PropertyKey, unknown>,
  seen: Seen,
): boolean {
  const keys = ownEnumerable(a);
  return keys.length === ownEnumerable(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key], seen));
}

function ownEnumerable(value: object): PropertyKey[] {
  const symbols = Object.getOwnPropertySymbols(value);
  return [
    ...Object.keys(value),
    ...symbols.filter((key) => Object.prototype.propertyIsEnumerable.call(value, key)),
  ];
}
