/**
 * The place where a broken race leaves out what its claim rests on.
 *
 * @module
 */
import { randomNumbers, sleep } from "./_random.ts";

/** One gap in so many is long. */
const LONG_GAPS = 128;

const random = randomNumbers(7);

/**
 * Stands between two accesses that nothing holds together. Now and then it takes as long as a thread is away that loses
 * its core there, which can happen at any time; so what the gap lets happen is seen on one core and on a busy machine
 * too, where threads hardly ever meet within the nanoseconds that it takes else.
 */
export function gap(): void {
  const number = random();
  if (number % LONG_GAPS === 0) sleep(((number >>> 16) & 15) / 64);
}
