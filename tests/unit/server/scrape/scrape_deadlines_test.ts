import { assertEquals } from "@std/assert";
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

Deno.test("a thousand scrapes set the timer once", async () => {
  const set = globalThis.setTimeout;
  let timers = 0;
  // deno-lint-ignore no-explicit-any
  globalThis.setTimeout = ((...args: Parameters<typeof set>) => (timers++, set(...args))) as any;
  try {
    const deadlines = new ScrapeDeadlines();
    for (let k = 0; k < 1000; k++) deadlines.after(0.02, () => {})();
    assertEquals(timers, 1);
    let late = false;
    deadlines.after(0.03, () => late = true);
    await waitFor(() => late, { what: "the one that did not end" });
  } finally {
    globalThis.setTimeout = set;
  }
});
