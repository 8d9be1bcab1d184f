import { assertEquals } from "@std/assert";
import { HangWatch } from "../../../src/server/hang_watch.ts";

/** A worker whose heart the test beats. */
function fakeWorker() {
  const worker = {
    beats: 0,
    slab: { attachment: { slab: new SharedArrayBuffer(8) }, beat: () => worker.beats, leave: () => {} },
  };
  return worker;
}

Deno.test("HangWatch.hung() finds the worker whose heart has stood still for longer than the limit", () => {
  const [moving, still] = [fakeWorker(), fakeWorker()];
  const watch = new HangWatch<typeof moving>(1000);
  const found: (typeof moving)[][] = [];
  for (let now = 0; now <= 1500; now += 250) {
    moving.beats++;
    found.push(watch.hung([moving, still], now));
  }
  assertEquals(found.map((workers) => workers.includes(still)), [
    false,
    false,
    false,
    false,
    false,
    true,
    true,
  ]);
  assertEquals(found.some((workers) => workers.includes(moving)), false);
});

Deno.test("HangWatch.hung() blames nobody for the time in which the main thread itself stood still", () => {
  const worker = fakeWorker();
  const watch = new HangWatch<typeof worker>(1000);
  watch.hung([worker], 0);
  assertEquals(watch.hung([worker], 60_000), []);
  assertEquals(watch.hung([worker], 60_400), []);
  assertEquals(watch.hung([worker], 60_800), []);
  assertEquals(watch.hung([worker], 61_200), [worker]);
});

Deno.test("HangWatch.hung() finds nobody with a limit of 0", () => {
  const worker = fakeWorker();
  const watch = new HangWatch<typeof worker>(0);
  assertEquals([0, 1e3, 2e3, 3e3].flatMap((now) => watch.hung([worker], now)), []);
});
