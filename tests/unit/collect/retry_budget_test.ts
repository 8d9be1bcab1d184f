import { assert, assertEquals } from "@std/assert";
import { RetryBudget } from "../../../src/collect/retry_budget.ts";

/** A clock that a read moves on. */
class Clock {
  ms = 0;
  readonly now = () => this.ms;
}

Deno.test("RetryBudget.retry() ends with the first read that succeeds", () => {
  const budget = new RetryBudget(() => 0);
  let tries = 0;
  assert(budget.retry(() => ++tries === 100, false));
  assertEquals([tries, budget.staleCount], [100, 0]);
});

Deno.test("RetryBudget.retry() gives a child one millisecond", () => {
  const clock = new Clock();
  const budget = new RetryBudget(clock.now);
  const fail = () => {
    clock.ms += 0.001;
    return false;
  };
  assertEquals(budget.retry(fail, false), false);
  assert(clock.ms >= 1 && clock.ms < 1.1, `${clock.ms} ms`);
  assertEquals(budget.staleCount, 1);
});

Deno.test("case 34: RetryBudget.retry() gives a scrape 20 milliseconds, and a first read all that is left", () => {
  const clock = new Clock();
  const budget = new RetryBudget(clock.now);
  const fail = () => {
    clock.ms += 0.001;
    return false;
  };
  for (let child = 0; child < 4; child++) budget.retry(fail, false);
  assert(clock.ms < 4.5, `${clock.ms} ms`);
  budget.retry(fail, true);
  assert(clock.ms >= 20 && clock.ms < 20.1, `${clock.ms} ms`);
  let tries = 0;
  for (let child = 0; child < 10; child++) budget.retry(() => ++tries < 0, true);
  assertEquals([tries, budget.staleCount], [640, 15], "a few tries each, once the time is over");
});

/** A read that fails and takes a while. */
function failing(clock: Clock, ms: number): () => boolean {
  return () => {
    clock.ms += ms;
    return false;
  };
}

Deno.test("RetryBudget.takeTurns() gives slabs equal parts of a scrape's time, and what one leaves to the others", () => {
  const clock = new Clock();
  const budget = new RetryBudget(clock.now);
  const took: number[] = [];
  let tries = 0;
  budget.takeTurns([1, 2, 3, 4], (slab, turn) => {
    if (turn.owed) return true;
    const startMs = clock.ms;
    // The second slab can be read at once.
    const done = budget.retryWhole(slab === 2 ? () => ++tries > 0 : failing(clock, 0.125), turn);
    took.push(clock.ms - startMs);
    return done;
  });
  const free = 0.125;
  assertEquals(took, [5 + free, 0, 7.5 + free, 7.5 + free]);
  assertEquals([tries, budget.staleCount], [1, 0], "all were read in the end");
});

Deno.test("RetryBudget.takeTurns() owes all slabs half a second together, and the last one its part", () => {
  for (const slabs of [1, 2, 16]) {
    const clock = new Clock();
    const budget = new RetryBudget(clock.now);
    // The thread lost its core for longer than a scrape may take.
    budget.retryWhole(failing(clock, 30), { sharers: 1, owed: false });
    const startMs = clock.ms;
    const took: number[] = [];
    budget.takeTurns(Array(slabs).fill(failing(clock, 0.125)), (read, turn) => {
      const before = clock.ms;
      const done = budget.retryWhole(read, turn);
      if (turn.owed) took.push(clock.ms - before);
      return done;
    });
    assertEquals(took, Array(slabs).fill(500 / slabs + 0.125));
    assertEquals([clock.ms - startMs, budget.staleCount], [500 + slabs * 0.25, slabs]);
    budget.takeTurns([failing(clock, 1)], (read, turn) => budget.retryWhole(read, turn));
    assertEquals(clock.ms - startMs, 501 + slabs * 0.25, "one try is left when the time is over");
  }
});

Deno.test("RetryBudget.takeTurns() gives a slab that failed all that the others left", () => {
  const clock = new Clock();
  const budget = new RetryBudget(clock.now);
  let tries = 0;
  const late = () => {
    clock.ms += 0.25;
    return ++tries === 1800;
  };
  budget.takeTurns(
    [late, () => true, () => true],
    (read, turn) => budget.retryWhole(read, turn),
  );
  assertEquals([tries, budget.staleCount], [1800, 0], "450 ms of 520");
  budget.takeTurns([failing(clock, 0.25)], (read, turn) => budget.retryWhole(read, turn));
  assert(clock.ms > 519 && clock.ms < 523, `${clock.ms} ms`);
  assertEquals(budget.staleCount, 1);
});
