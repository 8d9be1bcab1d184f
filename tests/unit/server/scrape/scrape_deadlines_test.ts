import { assertEquals, assertThrows } from "@std/assert";
import { setImmediate } from "node:timers";
import { ScrapeDeadlines } from "../../../../src/server/scrape/scrape_deadlines.ts";
import { waitFor } from "../../../_support/wait_for.ts";

/** Notes which deadlines were missed, in order. */
function setUp() {
  const deadlines = new ScrapeDeadlines();
  const late: string[] = [];
  const after = (seconds: number, name: string) => deadlines.after(seconds, () => late.push(name));
  const ended = (count: number) => waitFor(() => late.length >= count, { what: `${count} deadlines` });
  return { late, after, ended };
}

Deno.test("deadlines end in the order of their time, whatever the order they came in", async () => {
  const { late, after, ended } = setUp();
  after(0.12, "third");
  after(0.02, "first");
  after(0.06, "second");
  await ended(3);
  assertEquals(late, ["first", "second", "third"]);
});

Deno.test("who has ended in time is not told, and others after it are", async () => {
  const { late, after, ended } = setUp();
  const end = after(0.01, "ended");
  end();
  end();
  after(0.03, "late");
  await ended(1);
  assertEquals(late, ["late"]);
});

Deno.test("a deadline that comes after the timer rang for nobody is kept too", async () => {
  const { late, after, ended } = setUp();
  after(0.005, "first");
  await ended(1);
  after(0.005, "second");
  await ended(2);
  assertEquals(late, ["first", "second"]);
});

Deno.test("a deadline of no time at all is told soon", async () => {
  const { after, ended } = setUp();
  after(0, "at once");
  await ended(1);
});

Deno.test("what is called may wait anew", async () => {
  const deadlines = new ScrapeDeadlines();
  let rings = 0;
  const again = () => {
    if (++rings < 3) deadlines.after(0.001, again);
  };
  deadlines.after(0.001, again);
  await waitFor(() => rings === 3, { what: "three rings" });
});

/** Counts the timers that are set in a block. */
class TimerCount implements Disposable {
  readonly #set = globalThis.setTimeout;
  count = 0;

  constructor() {
    const set = (...args: Parameters<typeof setTimeout>) => (this.count++, this.#set(...args));
    globalThis.setTimeout = set as typeof setTimeout;
  }

  [Symbol.dispose](): void {
    globalThis.setTimeout = this.#set;
  }
}

/** Waits without a timer that is counted. */
async function until(condition: () => boolean): Promise<void> {
  const endMs = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > endMs) throw new Error("waited 10 s in vain");
    await new Promise((resolve) => setImmediate(resolve));
  }
}

Deno.test("a thousand scrapes set the timer once", async () => {
  using timers = new TimerCount();
  const deadlines = new ScrapeDeadlines();
  for (let k = 0; k < 1000; k++) deadlines.after(0.02, () => {})();
  assertEquals(timers.count, 1);
  let late = false;
  deadlines.after(0.03, () => late = true);
  await until(() => late);
});

Deno.test("a timer that rings too early is set again, and nobody is told before the time", async () => {
  using timers = new TimerCount();
  let nowMs = 0;
  const deadlines = new ScrapeDeadlines(() => nowMs);
  let late = false;
  deadlines.after(0.005, () => late = true);
  await until(() => timers.count >= 4);
  assertEquals(late, false);
  nowMs = 4.5;
  await until(() => late);
});

Deno.test("a function that throws takes no other's deadline away", () => {
  const timers: (() => void)[] = [];
  const set = globalThis.setTimeout;
  globalThis.setTimeout = ((ring: () => void) => timers.push(ring)) as unknown as typeof setTimeout;
  try {
    const deadlines = new ScrapeDeadlines(() => 0);
    const late: string[] = [];
    deadlines.after(0, () => {
      throw new Error("of the first");
    });
    deadlines.after(0, () => late.push("second"));
    assertThrows(timers.pop()!, Error, "of the first");
    timers.pop()!();
    assertEquals(late, ["second"]);
  } finally {
    globalThis.setTimeout = set;
  }
});
