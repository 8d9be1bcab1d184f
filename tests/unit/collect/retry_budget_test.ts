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

Deno.test("RetryBudget.retry() owes a read its least tries, though other threads took all its time, within half a second", () => {
  const clock = new Clock();
  const budget = new RetryBudget(clock.now);
  let tries = 0;
  const read = () => {
    // The thread lost its core for longer than a scrape may take, and gets it back.
    if (++tries === 1) clock.ms += 30;
    return tries === 1000;
  };
  assert(budget.retry(read, true, { triesMin: 2048 }));
  const slow = () => {
    tries++;
    clock.ms += 1;
    return false;
  };
  const startMs = clock.ms;
  assertEquals(budget.retry(slow, true, { triesMin: 2048 }), false);
  assert(clock.ms - startMs >= 500 && clock.ms - startMs < 600, `${clock.ms - startMs} ms`);
  tries = 0;
  assertEquals(budget.retry(() => ++tries > 2048, true, { triesMin: 2048 }), false);
  assertEquals(tries, 2048);
});
