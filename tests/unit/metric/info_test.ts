import { assertEquals, assertThrows } from "@std/assert";
import { Info } from "../../../src/metric/info.ts";
import { Fleet, type FleetWorker } from "../../_support/fleet.ts";

function define(worker: FleetWorker, mode?: "livemax" | "max" | "liveall" | "all") {
  return new Info({
    name: "app_build",
    help: "Build.",
    labelNames: ["version"],
    mode,
    registry: worker.registry,
  });
}

Deno.test("Info shows a label set that several workers state once, with value 1", () => {
  const fleet = new Fleet();
  const infos = [0, 1, 2].map((slot) => define(fleet.start(slot)));
  assertEquals(fleet.scrape(), new Map());
  infos[0].set({ version: "1" });
  infos[1].set({ version: "1" });
  infos[2].set({ version: "2" });
  assertEquals(
    fleet.scrape(),
    new Map([[`app_build{version="1"}`, 1], [`app_build{version="2"}`, 1]]),
  );
});

Deno.test("Info.set() replaces what this thread stated, Info.add() does not", () => {
  const fleet = new Fleet();
  const first = define(fleet.start(0));
  const second = define(fleet.start(1));
  first.set({ version: "1" });
  second.set({ version: "1" });
  first.set({ version: "2" });
  assertEquals([...fleet.scrape().keys()], [`app_build{version="1"}`, `app_build{version="2"}`]);
  second.set({ version: "2" });
  assertEquals([...fleet.scrape().keys()], [`app_build{version="2"}`]);
  second.add({ version: "1" });
  assertEquals([...fleet.scrape().keys()], [`app_build{version="1"}`, `app_build{version="2"}`]);
  second.labels("1").retract();
  assertEquals([...fleet.scrape().keys()], [`app_build{version="2"}`]);
});

Deno.test("Info.set() replaces what another object for the same family stated", () => {
  const fleet = new Fleet();
  const worker = fleet.start(0);
  define(worker).set({ version: "1" });
  const again = Info.getOrCreate({
    name: "app_build",
    help: "Build.",
    labelNames: ["version"],
    registry: worker.registry,
  });
  again.set({ version: "2" });
  assertEquals([...fleet.scrape().keys()], [`app_build{version="2"}`]);
});

Deno.test("Info vanishes with its worker unless the mode keeps it", () => {
  for (const [mode, kept] of [["livemax", 0], ["max", 1]] as const) {
    const fleet = new Fleet();
    const worker = fleet.start(0);
    define(worker, mode).set({ version: "1" });
    assertEquals(fleet.scrape().size, 1);
    fleet.collector.setLive(worker.source, false);
    assertEquals(fleet.scrape().size, kept, mode);
    fleet.collector.setLive(worker.source, true);
    assertEquals(fleet.scrape().size, 1);
    fleet.end(worker);
    assertEquals(fleet.scrape().size, kept, mode);
  }
});

Deno.test("Info that was taken back is not kept when its worker ends", () => {
  const fleet = new Fleet();
  const worker = fleet.start(0);
  const info = define(worker, "max");
  info.set({ version: "1" });
  info.set({ version: "2" });
  fleet.end(worker);
  assertEquals([...fleet.scrape().keys()], [`app_build{version="2"}`]);
});

Deno.test("Info of mode liveall names the worker", () => {
  const fleet = new Fleet();
  for (const slot of [0, 1]) define(fleet.start(slot), "liveall").set({ version: "1" });
  assertEquals([...fleet.scrape().keys()], [
    `app_build{version="1",worker="0"}`,
    `app_build{version="1",worker="1"}`,
  ]);
});

Deno.test("Info without labels is shown once it is set", () => {
  const fleet = new Fleet();
  const info = new Info({ name: "app_here", help: "Here.", registry: fleet.start(0).registry });
  assertEquals(fleet.scrape(), new Map());
  info.set({});
  assertEquals(fleet.scrape(), new Map([["app_here", 1]]));
});

Deno.test("Info that was removed comes back when it is stated again", () => {
  const fleet = new Fleet();
  const worker = fleet.start(0);
  const info = define(worker);
  info.set({ version: "1" });
  info.remove({ version: "1" });
  assertEquals(fleet.scrape(), new Map());
  info.set({ version: "1" });
  assertEquals(fleet.scrape(), new Map([[`app_build{version="1"}`, 1]]));
});

Deno.test("Info refuses units, modes that add up and unknown labels", () => {
  const worker = new Fleet().start(0);
  const base = {
    name: "app_build",
    help: "Build.",
    labelNames: ["version"] as const,
    registry: worker.registry,
  };
  assertThrows(
    () => new Info({ ...base, mode: "sum" as "max" }),
    RangeError,
    'Cannot define info "app_build": wanted a merge mode of livemax, max, liveall, all, given "sum"',
  );
  assertThrows(
    () => new Info({ ...base, unit: "seconds" } as typeof base),
    RangeError,
    "it may not have a unit",
  );
  const info = new Info(base);
  assertThrows(() => info.set({ versoin: "1" } as never), TypeError, 'unknown label "versoin"');
});
