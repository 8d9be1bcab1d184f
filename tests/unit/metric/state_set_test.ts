import { assertEquals, assertThrows } from "@std/assert";
import { StateSet } from "../../../src/metric/state_set.ts";
import { Fleet, type FleetWorker } from "../../_support/fleet.ts";

const STATES = ["starting", "ready", "draining"] as const;

function define(worker: FleetWorker, mode?: "mostrecent" | "livemostrecent" | "liveall" | "all") {
  return new StateSet({ name: "app_phase", help: "Phase.", states: STATES, mode, registry: worker.registry });
}

/** The states that are on. */
function on(fleet: Fleet): string[] {
  return [...fleet.scrape()].filter(([, value]) => value === 1).map(([name]) => name);
}

Deno.test("StateSet shows each state as 0 or 1, all off at first", () => {
  const fleet = new Fleet();
  const phase = define(fleet.start(0));
  const samples = (values: number[]) =>
    new Map(STATES.map((state, i) => [`app_phase{app_phase="${state}"}`, values[i]]));
  assertEquals(fleet.scrape(), samples([0, 0, 0]));
  phase.set("ready");
  assertEquals(fleet.scrape(), samples([0, 1, 0]));
  phase.set(["starting", "draining", "draining"]);
  assertEquals(fleet.scrape(), samples([1, 0, 1]));
  phase.set([]);
  assertEquals(fleet.scrape(), samples([0, 0, 0]));
});

Deno.test("StateSet takes what was set last in any worker, as a whole", () => {
  const fleet = new Fleet();
  const [a, b] = [0, 1].map((slot) => define(fleet.start(slot)));
  a.set(["starting", "draining"]);
  b.set("ready");
  assertEquals(on(fleet), [`app_phase{app_phase="ready"}`]);
  a.set("draining");
  assertEquals(on(fleet), [`app_phase{app_phase="draining"}`]);
});

Deno.test("StateSet keeps the state of an ended worker unless the mode is a live one", () => {
  for (const [mode, wanted] of [["mostrecent", "ready"], ["livemostrecent", "starting"]] as const) {
    const fleet = new Fleet();
    const workers = [fleet.start(0), fleet.start(1)];
    const [a, b] = workers.map((worker) => define(worker, mode));
    a.set("starting");
    b.set("ready");
    fleet.end(workers[1]);
    assertEquals(on(fleet), [`app_phase{app_phase="${wanted}"}`], mode);
  }
});

Deno.test("StateSet of mode liveall shows each worker", () => {
  const fleet = new Fleet();
  const [a, b] = [0, 1].map((slot) => define(fleet.start(slot), "liveall"));
  a.set("ready");
  b.set("starting");
  assertEquals(on(fleet), [
    `app_phase{worker="0",app_phase="ready"}`,
    `app_phase{worker="1",app_phase="starting"}`,
  ]);
});

Deno.test("StateSet has labels and up to 52 states", () => {
  const fleet = new Fleet();
  const states = Array.from({ length: 52 }, (_, i) => `s${i}`);
  const set = new StateSet({
    name: "many",
    help: "Many.",
    labelNames: ["a"],
    states,
    registry: fleet.start(0).registry,
  });
  set.set({ a: "x" }, ["s0", "s31", "s32", "s51"]);
  set.labels("y").set("s51");
  assertEquals(on(fleet), [
    ...["s0", "s31", "s32", "s51"].map((state) => `many{a="x",many="${state}"}`),
    `many{a="y",many="s51"}`,
  ]);
});

Deno.test("StateSet refuses what is not one of its states, and bad definitions", () => {
  const fleet = new Fleet();
  const phase = define(fleet.start(0));
  phase.set("ready");
  assertThrows(
    () => phase.set("redy" as "ready"),
    RangeError,
    'Cannot set stateset "app_phase": wanted a state of starting, ready, draining, given redy',
  );
  assertThrows(() => phase.set(["starting", "x" as "ready"]), RangeError);
  assertEquals(on(fleet), [`app_phase{app_phase="ready"}`]);
  const { registry } = fleet.start(1);
  const bad = (states: unknown, extra = {}) => () =>
    new StateSet({ name: "bad", help: "Bad.", states: states as string[], registry, ...extra });
  assertThrows(bad([]), RangeError, "wanted 1 to 52 states, given 0");
  assertThrows(bad(Array.from({ length: 53 }, (_, i) => `s${i}`)), RangeError, "given 53");
  assertThrows(bad(["a", "a"]), RangeError, 'the state "a" is given twice');
  assertThrows(bad(["a", ""]), TypeError);
  assertThrows(bad("a"), TypeError, "wanted states as an array");
  assertThrows(bad(["a"], { labelNames: ["bad"] }), RangeError, "the name is reserved for the state");
  assertThrows(bad(["a"], { mode: "livesum" }), RangeError, "wanted a merge mode of mostrecent");
});
