import { assertEquals } from "@std/assert";
import { type SlabView, workerTiles } from "../../../../src/dashboard/model/reports.ts";

function slab(slot: number, worker: string, more: Partial<SlabView> = {}): SlabView {
  const families = [{ name: "http_requests_total", total: 5 }, { name: "other" }];
  return {
    slot,
    epoch: 1,
    worker,
    usedBytes: 25,
    totalBytes: 100,
    records: { series: 9 },
    droppedSeries: 0,
    families,
    ...more,
  };
}

Deno.test("workerTiles() sorts workers, engines and the main thread", () => {
  const slabs = [
    slab(-1, "main"),
    slab(4097, "live"),
    slab(1, "live"),
    slab(0, "ended"),
    slab(0, "live", { epoch: 2 }),
  ];
  assertEquals(workerTiles(slabs).map(({ title, state, restarts }) => `${title}: ${state}, ${restarts}`), [
    "Worker 0: live, 1",
    "Worker 0: ended, 0",
    "Worker 1: live, 0",
    "Engine 1: live, 0",
    "Main thread: main, 0",
  ]);
});

Deno.test("workerTiles() tells fill, requests and heartbeat, and NaN for what is not told", () => {
  const [tile] = workerTiles([slab(3, "hung", { heartbeatAgeSeconds: 7 })]);
  assertEquals([tile.fill, tile.requests, tile.inFlight, tile.heartbeatAgeSeconds], [0.25, 5, NaN, 7]);
  assertEquals(workerTiles([slab(-1, "main")])[0].heartbeatAgeSeconds, NaN);
});

Deno.test("workerTiles() leaves out slabs without a thread, unless nobody is watched", () => {
  assertEquals(workerTiles([slab(0, "live"), slab(4095, "unwatched")]).map(({ title }) => title), [
    "Worker 0",
  ]);
  assertEquals(workerTiles([slab(0, "unwatched"), slab(-1, "main")]).length, 2);
});
