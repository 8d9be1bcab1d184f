/**
 * Work that is measured while it lasts, be it synchronous or not.
 *
 * @module
 */
// CONTROL PLANE

/** How a piece of work ended: the value it threw or rejected with, if it failed. */
export interface Failure {
  readonly error: unknown;
}

/**
 * Does a piece of work and says when it is over: at once, or when the promise that it returned settles.
 *
 * @param work what is to be done
 * @param end called once, before anybody learns the result
 * @returns what the work returned; a promise settles as the work's own does
 * @throws what the work throws
 */
export function whenOver<Result>(work: () => Result, end: (failure?: Failure) => void): Result {
  let result: Result;
  try {
    result = work();
  } catch (error) {
    end({ error });
    throw error;
  }
  if (!isPromiseLike(result)) {
    end();
    return result;
  }
  return Promise.resolve(result).then((value) => {
    end();
    return value;
  }, (error) => {
    end({ error });
    throw error;
  }) as Result;
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
