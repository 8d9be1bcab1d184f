/**
 * A clean start for each test.
 *
 * @module
 */
// CONTROL PLANE
import { defaultRegistry } from "../registry/default_registry.ts";
import type { Registry } from "../registry/registry.ts";

/**
 * Removes all series of all families of a registry; metrics and children that the code under test holds go on to
 * work, from 0. For use between tests, in the thread that owns the registry.
 *
 * @param registry by default this thread's
 *
 * @example Between tests
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Counter } from "promslab";
 * import { clearMetrics, getSampleValue } from "promslab/testing";
 *
 * const jobs = new Counter({ name: "demo_jobs_total", help: "Jobs." });
 * jobs.inc();
 * clearMetrics();
 * assertEquals(getSampleValue("demo_jobs_total"), 0);
 * ```
 */
export function clearMetrics(registry: Registry = defaultRegistry): void {
  for (const { name } of registry.descriptors()) registry.remove({ family: name, labels: {}, reset: false });
}
