import { assertEquals } from "@std/assert";
import { slabText } from "../../../src/cli/inspect_command.ts";
import { reportSlabs, type WorkerSlabReport } from "../../../src/server/admin_reports.ts";
import { Counter } from "../../../src/metric/counter.ts";
import { Fleet } from "../../_support/fleet.ts";

function reports(): WorkerSlabReport[] {
  const fleet = new Fleet();
  const { registry } = fleet.start(2);
  const counter = new Counter({ name: "jobs_total", help: "h", labelNames: ["a"], maxSeries: 2, registry });
  for (let a = 0; a < 3; a++) counter.inc({ a }, 2);
  return reportSlabs({ collector: fleet.collector, registry: fleet.main });
}

Deno.test("slabText() tells owner, fill, directory and families in words", () => {
  const [main, worker] = reports();
  assertEquals(slabText(main, 8).split("\n")[0], "Slab of the main thread: the one that gathers.");
  const [owner, fill, directory, empty, head, family] = slabText(worker, 8).split("\n");
  assertEquals(owner, "Slab of slot 2, incarnation 1: nobody looks at its heart.");
  assertEquals(/^ {2}[\d.]+ KiB of 256 KiB in use, [\d.]+ %\.$/.test(fill), true, fill);
  assertEquals(
    /^ {2}Its directory has 1 family, 3 series\. Dropped for lack of room: 1 label set, 0 families\.$/
      .test(directory),
    true,
    directory,
  );
  assertEquals(empty, "");
  assertEquals(head.trim().split(/ {2,}/), ["family", "type", "series", "removed", "cells", "own part"]);
  assertEquals(family.trim().split(/ +/).slice(0, 3), ["jobs_total", "counter", "3"]);
  assertEquals(family.endsWith("  6"), true, family);
});

Deno.test("slabText() tells of the worker's heart", () => {
  const [, worker] = reports();
  const live: WorkerSlabReport = { ...worker, worker: "live", beats: 12, heartbeatAgeSeconds: 0.25 };
  const [line, ...rest] = slabText(live, 0).split("\n");
  assertEquals(line, "Slab of slot 2, incarnation 1: live; 12 heartbeats, the last one seen 250 ms ago.");
  assertEquals(rest.length, 2, "no families are wanted");
});
