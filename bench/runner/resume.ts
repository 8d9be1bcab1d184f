/**
 * Whether a result may be gone on with.
 *
 * @module
 */
import type { Result } from "./result.ts";

/** Where a result comes from. */
export type Place = Pick<Result, "machine" | "commit">;

/**
 * Samples of one result come from one machine and one state of the sources, or they would not be comparable.
 *
 * @throws {TypeError} If the machine or the commit is another, or if files had been changed, which no commit tells.
 */
export function checkResumable(
  before: Place,
  now: Place,
): void {
  const was = JSON.stringify(before.machine);
  const is = JSON.stringify(now.machine);
  if (was !== is) throw new TypeError(`Cannot go on with the result: it is of ${was}, this machine is ${is}`);
  if (before.commit !== now.commit) {
    throw new TypeError(
      `Cannot go on with the result: it is of ${before.commit}, the sources are ${now.commit}`,
    );
  }
  if (now.commit.endsWith("+")) {
    throw new TypeError(
      `Cannot go on with the result: there are changed files, which ${now.commit} does not tell`,
    );
  }
}
