import { assertEquals } from "@std/assert";
import { WallClock } from "../../../src/metric/wall_clock.ts";

Deno.test("WallClock.coarseMs() looks at the time at a heartbeat, each 64 questions later, and when told to", () => {
  let [ms, looks] = [1000, 0];
  const clock = new WallClock(() => {
    looks++;
    return ms;
  });
  clock.tick();
  ms = 2000;
  for (let k = 0; k < 64; k++) assertEquals(clock.coarseMs(), 1000);
  assertEquals([clock.coarseMs(), looks], [2000, 2]);
  ms = 3000;
  clock.look();
  assertEquals([clock.coarseMs(), looks], [3000, 3]);
});

Deno.test("WallClock.coarseMs() is the time of the question in a thread without heartbeats", () => {
  let ms = 1000;
  const clock = new WallClock(() => ms);
  clock.look();
  ms = 5000;
  assertEquals(clock.coarseMs(), 5000);
});

Deno.test("WallClock.ms() and seconds() look at the time", () => {
  const clock = new WallClock(() => 1500);
  assertEquals([clock.ms(), clock.seconds()], [1500, 1.5]);
});
