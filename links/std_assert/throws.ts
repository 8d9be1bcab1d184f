/**
 * Assertions on what a function throws or a promise rejects with.
 *
 * @module
 */
import { AssertionError, withSuffix } from "./assertion_error.ts";

/** The class that an error must be of. */
// deno-lint-ignore no-explicit-any
export type ErrorClass<E extends Error> = abstract new (...args: any[]) => E;

/** @throws {AssertionError} If `error` is no Error, of another class, or lacks the words in its message. */
export function assertIsError<E extends Error = Error>(
  error: unknown,
  ErrorClass?: ErrorClass<E>,
  msgMatches?: string | RegExp,
  msg?: string,
): asserts error is E {
  if (!(error instanceof Error)) {
    throw new AssertionError(withSuffix(`Expected "error" to be an Error object`, msg));
  }
  if (ErrorClass && !(error instanceof ErrorClass)) {
    throw new AssertionError(
      withSuffix(
        `Expected error to be instance of "${ErrorClass.name}", but was "${error.constructor.name}" ("${error.message}")`,
        msg,
      ),
    );
  }
  if (msgMatches === undefined) return;
  const found = typeof msgMatches === "string"
    ? error.message.includes(msgMatches)
    : msgMatches.test(error.message);
  if (!found) {
    throw new AssertionError(
      withSuffix(
        `Expected error message to include ${JSON.stringify(String(msgMatches))}, but got ${
          JSON.stringify(error.message)
        }`,
        msg,
      ),
    );
  }
}

/** @throws {AssertionError} If `fn` does not throw. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/** @throws {AssertionError} If `fn` does not throw an error of this class whose message has these words. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  errorClassOrMsg?: ErrorClass<E> | string,
  msgIncludes?: string,
  msg?: string,
): E | Error | unknown {
  const expected = expectation(errorClassOrMsg, msgIncludes, msg);
  try {
    fn();
  } catch (error) {
    return expected.judge(error);
  }
  throw new AssertionError(withSuffix("Expected function to throw", expected.msg));
}

/** @throws {AssertionError} If the promise does not reject, or `fn` throws before it returns one. */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
/** @throws {AssertionError} If the promise does not reject with an error of this class with these words. */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  errorClassOrMsg?: ErrorClass<E> | string,
  msgIncludes?: string,
  msg?: string,
): Promise<E | Error | unknown> {
  const expected = expectation(errorClassOrMsg, msgIncludes, msg);
  let promise: PromiseLike<unknown>;
  try {
    promise = fn();
  } catch {
    throw new AssertionError(withSuffix("Function throws when expected to reject", expected.msg));
  }
  if (typeof promise?.then !== "function") {
    throw new AssertionError(withSuffix("Expected function to return a promise", expected.msg));
  }
  try {
    await promise;
  } catch (error) {
    return expected.judge(error);
  }
  throw new AssertionError(withSuffix("Expected function to reject", expected.msg));
}

function expectation<E extends Error>(
  errorClassOrMsg: ErrorClass<E> | string | undefined,
  msgIncludes: string | undefined,
  msg: string | undefined,
): { msg: string | undefined; judge(error: unknown): unknown } {
  if (typeof errorClassOrMsg === "string" || errorClassOrMsg === undefined) {
    return { msg: errorClassOrMsg, judge: (error) => error };
  }
  return {
    msg,
    judge(error) {
      assertIsError(error, errorClassOrMsg, msgIncludes, msg);
      return error;
    },
  };
}
