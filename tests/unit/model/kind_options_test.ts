import { assertEquals, assertThrows } from "@std/assert";
import { checkMode, checkStates } from "../../../src/model/kind_options.ts";

Deno.test("checkMode() gives each kind its default and refuses modes that it does not know", () => {
  const what = "Cannot define it";
  const defaults = {
    counter: "sum",
    gauge: "livesum",
    histogram: "sum",
    summary: "sum",
    info: "livemax",
    stateset: "mostrecent",
    gaugehistogram: "livesum",
    unknown: "livesum",
  } as const;
  for (const [type, mode] of Object.entries(defaults)) {
    assertEquals(checkMode(undefined, { type: type as "gauge", what }), mode);
  }
  assertEquals(checkMode("latest", { type: "gauge", what }), "latest");
  assertThrows(
    () => checkMode("max", { type: "counter", what }),
    RangeError,
    'Cannot define it: wanted a merge mode of sum, given "max"',
  );
});

Deno.test("checkStates() takes the states of a stateset and nothing of other kinds", () => {
  assertEquals(checkStates(["a", "b"], { type: "stateset", what: "" }), ["a", "b"]);
  assertEquals(checkStates(["a", "b"], { type: "gauge", what: "" }), []);
  assertThrows(() => checkStates(["\ud800"], { type: "stateset", what: "" }), TypeError);
});
