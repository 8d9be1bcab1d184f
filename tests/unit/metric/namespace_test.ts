import { assertEquals, assertThrows } from "@std/assert";
import { Counter } from "../../../src/metric/counter.ts";
import { Registry } from "../../../src/registry/registry.ts";

Deno.test("namespace and subsystem come before the name", () => {
  const registry = new Registry({ slabBytes: 1 << 16 });
  const options = { name: "jobs_total", help: "Jobs.", registry };
  assertEquals(
    new Counter({ ...options, namespace: "app", subsystem: "queue" }).name,
    "app_queue_jobs_total",
  );
  assertEquals(new Counter({ ...options, namespace: "app" }).name, "app_jobs_total");
  assertEquals(new Counter({ ...options, subsystem: "queue" }).name, "queue_jobs_total");
  assertEquals(new Counter({ ...options, namespace: "" }).name, "jobs_total");
  assertThrows(() => new Counter({ ...options, namespace: "my app" }), RangeError, '"my app_jobs_total"');
});
