import { assertEquals, assertThrows } from "@std/assert";
import { GaugeHistogram } from "../../../src/metric/gauge_histogram.ts";
import { Fleet, type FleetWorker } from "../../_support/fleet.ts";

function define(worker: FleetWorker, mode?: "livesum" | "sum") {
  return new GaugeHistogram({
    name: "queue_age_seconds",
    help: "Ages.",
    labelNames: ["queue"],
    buckets: [1, 10],
    mode,
    registry: worker.registry,
  });
}

function samples(...[upTo1, upTo10, count, sum]: number[]): Map<string, number> {
  return new Map([
    [`queue_age_seconds_bucket{queue="a",le="1"}`, upTo1],
    [`queue_age_seconds_bucket{queue="a",le="10"}`, upTo10],
    [`queue_age_seconds_bucket{queue="a",le="+Inf"}`, count],
    [`queue_age_seconds_gcount{queue="a"}`, count],
    [`queue_age_seconds_gsum{queue="a"}`, sum],
  ]);
}

Deno.test("GaugeHistogram adds up the workers that are alive", () => {
  const fleet = new Fleet();
  const workers = [fleet.start(0), fleet.start(1)];
  const [a, b] = workers.map((worker) => define(worker));
  a.set({ queue: "a" }, [0.5, 3, 3, 20]);
  b.observe({ queue: "a" }, 1);
  b.labels("a").observe(100);
  assertEquals(fleet.scrape(), samples(2, 4, 6, 127.5));
  a.set({ queue: "a" }, []);
  b.forget({ queue: "a" }, 100);
  assertEquals(fleet.scrape(), samples(1, 1, 1, 1));
  fleet.end(workers[1]);
  assertEquals(fleet.scrape(), samples(0, 0, 0, 0));
  fleet.end(workers[0]);
  assertEquals(fleet.scrape(), new Map());
});

Deno.test("GaugeHistogram of mode sum keeps what ended workers had", () => {
  const fleet = new Fleet();
  const worker = fleet.start(0);
  define(worker, "sum").set({ queue: "a" }, [2, 4]);
  fleet.end(worker);
  assertEquals(fleet.scrape(), samples(0, 2, 2, 6));
});

Deno.test("GaugeHistogram refuses NaN and to forget what is not there, and changes nothing then", () => {
  const fleet = new Fleet();
  const ages = define(fleet.start(0));
  ages.set({ queue: "a" }, [2]);
  assertThrows(() => ages.set({ queue: "a" }, [1, NaN]), RangeError, "wanted a number that is not NaN");
  assertThrows(() => ages.observe({ queue: "a" }, NaN), RangeError);
  assertThrows(
    () => ages.forget({ queue: "a" }, 20),
    RangeError,
    'Cannot forget 20 in gauge histogram "queue_age_seconds": its bucket is empty, wanted a value observed before',
  );
  assertThrows(() => ages.observe({ queue: "b" }, "1" as unknown as number), RangeError);
  assertEquals(fleet.scrape(), samples(0, 1, 1, 2));
});

Deno.test("GaugeHistogram without labels is exposed from the start", () => {
  const fleet = new Fleet();
  const { registry } = fleet.start(0);
  const sizes = new GaugeHistogram({ name: "sizes", help: "Sizes.", buckets: [1], registry });
  assertEquals(fleet.scrape().get("sizes_gcount"), 0);
  sizes.set([0.5, 4]);
  sizes.observe(6);
  sizes.forget(4);
  assertEquals(fleet.scrape().get("sizes_gcount"), 2);
  assertEquals(fleet.scrape().get("sizes_gsum"), 6.5);
});
