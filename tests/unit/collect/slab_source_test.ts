import { assertEquals, assertThrows } from "@std/assert";
import { MergedFamily } from "../../../src/collect/merged_family.ts";
import { type DirectoryListener, SlabSource } from "../../../src/collect/slab_source.ts";
import { Counter } from "../../../src/metric/counter.ts";
import { Gauge } from "../../../src/metric/gauge.ts";
import type { Descriptor } from "../../../src/model/descriptor.ts";
import { Registry } from "../../../src/registry/registry.ts";
import { COUNTER_SHAPE } from "../../../src/slab/cell_shape.ts";
import { createSlab, openSlab, SlabError } from "../../../src/slab/slab.ts";
import { SlabWriter } from "../../../src/slab/slab_writer.ts";

function newWorker(slot: number): { registry: Registry; source: SlabSource } {
  const buffer = createSlab({ bytes: 65536, slot });
  const registry = new Registry();
  registry.attach({ slab: buffer });
  return { registry, source: new SlabSource(openSlab(buffer)) };
}

function listener(familyFor: DirectoryListener["familyFor"]): DirectoryListener {
  return { familyFor, removal: () => {}, lateRemoval: () => undefined };
}

Deno.test("SlabSource.worker is the slot as a label value", () => {
  assertEquals(new SlabSource(openSlab(createSlab({ bytes: 65536 }))).worker, "main");
  assertEquals(newWorker(12).source.worker, "12");
});

Deno.test("SlabSource.parse() learns families and series as they come", () => {
  const { registry, source } = newWorker(0);
  const seen: string[] = [];
  const familyFor = (descriptor: Descriptor) => {
    seen.push(descriptor.name);
    return new MergedFamily(descriptor);
  };
  const counter = new Counter({ name: "a_total", help: "A.", labelNames: ["l"], registry });
  source.parse(listener(familyFor));
  assertEquals(seen, ["a_total"]);
  assertEquals(source.columns().map(({ column }) => column.count), [0]);
  counter.inc({ l: "x" });
  counter.inc({ l: "y" });
  new Gauge({ name: "b", help: "B.", registry });
  source.parse(listener(familyFor));
  assertEquals(seen, ["a_total", "b"]);
  assertEquals(source.columns().map(({ column }) => column.count), [2, 1]);
  assertEquals(source.status().seriesCount, 3);
});

Deno.test("SlabSource.parse() passes over the series of a family that is not wanted", () => {
  const { registry, source } = newWorker(0);
  new Counter({ name: "a_total", help: "A.", registry }).inc();
  new Counter({ name: "b_total", help: "B.", registry }).inc();
  source.parse(
    listener((descriptor) => descriptor.name === "b_total" ? new MergedFamily(descriptor) : undefined),
  );
  assertEquals(source.columns().map(({ family }) => family.descriptor.name), ["b_total"]);
});

Deno.test("case 55: SlabSource.parse() refuses records that do not fit together", () => {
  const record = { familyId: 0, payload: new Uint8Array(0), ...COUNTER_SHAPE };
  const damaged = (write: (writer: SlabWriter) => void) => {
    const slab = openSlab(createSlab({ bytes: 65536 }));
    write(new SlabWriter(slab));
    return () => new SlabSource(slab).parse(listener((descriptor) => new MergedFamily(descriptor)));
  };
  assertThrows(damaged((writer) => writer.appendSeries(record)), SlabError, "series of unknown family 0");
  assertThrows(
    damaged((writer) => writer.appendSeries({ ...record, familyId: -1 })),
    SlabError,
    "series of unknown family -1",
  );
  assertThrows(damaged((writer) => writer.appendFamily("{", { ...COUNTER_SHAPE, payload: record.payload })));
});
