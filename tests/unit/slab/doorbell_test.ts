import { assert, assertEquals } from "@std/assert";
import { createDoorbell, Doorbell } from "../../../src/slab/doorbell.ts";

Deno.test("Doorbell wakes its owner, also if it rang before the owner waited", async () => {
  const bell = new Doorbell(createDoorbell());
  const { count } = bell;
  const waiting = bell.wait(count, 10_000);
  bell.ring();
  assertEquals(await waiting, true);
  assertEquals(bell.count, count + 1);
  const start = performance.now();
  assertEquals(await bell.wait(count, 10_000), true);
  assert(performance.now() - start < 5000, "a ring that came first is not waited for");
});

Deno.test("Doorbell lets its owner go when the time is up", async () => {
  const bell = new Doorbell(createDoorbell());
  // A timer keeps the event loop alive, which the wait itself does not.
  const timer = setTimeout(() => {}, 10_000);
  assertEquals(await bell.wait(bell.count, 20), false);
  clearTimeout(timer);
  assertEquals(bell.count, 0);
});
