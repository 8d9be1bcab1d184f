/**
 * The registry of this thread, which all copies of the library in the thread share.
 *
 * @module
 */
// CONTROL PLANE
import { DEFAULT_REGISTERER } from "../metric/registerer.ts";
import { Registry } from "./registry.ts";

const globals = globalThis as Record<symbol, unknown>;

/**
 * The registry that metrics join unless told otherwise. Owner thread only: every thread has its own.
 * A worker that was started with a slab writes there; any other thread makes its own at the first definition.
 *
 * @example Where a metric goes unless told otherwise
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Counter, defaultRegistry } from "promslab";
 *
 * new Counter({ name: "example_jobs_total", help: "Jobs." });
 * assertEquals(defaultRegistry.descriptors().some(({ name }) => name === "example_jobs_total"), true);
 * ```
 */
export const defaultRegistry: Registry = (globals[DEFAULT_REGISTERER] ??= new Registry()) as Registry;
