/**
 * All values of all workers as plain objects: for dashboards, autoscalers and tests.
 *
 * @module
 */
// CONTROL PLANE
import type { FamilySamples } from "../model/samples.ts";
import { givenText } from "../model/given_text.ts";
import { SnapshotSink } from "./snapshot_sink.ts";
import type { SeriesSnapshot, SnapshotQuery } from "./snapshot_types.ts";

/** Where a snapshot comes from: a `Collector`. */
export interface SnapshotSource {
  /** Brings values up to date that nobody pushes. */
  prepare?(): Promise<void>;
  /** Reads the families, or those of the given names. */
  blocks(filter?: ReadonlySet<string>): Iterable<FamilySamples>;
  /** Runs a function that reads when nothing else does. Default: at once. */
  exclusively?<T>(run: () => T | Promise<T>): Promise<T>;
}

/**
 * Takes a snapshot of all slabs that a collector reads. Any thread that has a collector; in a server it is main.
 *
 * @param source the collector; its collect callbacks run first
 * @param query which series are wanted
 * @returns one element for each series, or vector, sorted by family name and then by label values
 * @throws {TypeError} If the source is no collector, or the names are no array
 *
 * @example A value that an autoscaler wants
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Collector, Gauge, snapshot } from "promslab";
 *
 * new Gauge({ name: "demo_queue_length", help: "Jobs that wait.", labelNames: ["model"] }).set({ model: "a" }, 3);
 * const [queue] = await snapshot(new Collector(), { names: ["demo_queue_length"], labels: { model: "a" } });
 * assertEquals(queue, { kind: "gauge", name: "demo_queue_length", labels: { model: "a" }, value: 3 });
 * ```
 */
export async function snapshot(source: SnapshotSource, query: SnapshotQuery = {}): Promise<SeriesSnapshot[]> {
  if (typeof source?.blocks !== "function") {
    throw new TypeError(`Cannot take a snapshot: wanted a Collector, given ${givenText(source)}`);
  }
  if (query.names !== undefined && !Array.isArray(query.names)) {
    throw new TypeError(`Cannot take a snapshot: wanted names as an array, given ${givenText(query.names)}`);
  }
  const names = query.names === undefined
    ? undefined
    : new Set(query.names.flatMap((name) => [name, `${name}_total`]));
  return await readAlone(source, () => {
    const sink = new SnapshotSink(query);
    for (const block of source.blocks(names)) sink.samples(block);
    return sink.finish();
  });
}

/**
 * Brings the values of a source up to date and reads them, when nobody else does.
 *
 * @internal
 */
export function readAlone<T>(source: SnapshotSource, read: () => T): Promise<T> {
  const run = async () => {
    await source.prepare?.();
    return read();
  };
  return source.exclusively?.(run) ?? run();
}
