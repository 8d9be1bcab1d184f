import { assert, assertEquals, assertNotEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { type BoundChild, Family } from "../../../src/metric/family.ts";
import { defineDescriptor } from "../../../src/model/define.ts";
import type { LabelValue } from "../../../src/model/label_values.ts";
import { COUNTER_SHAPE } from "../../../src/slab/cell_shape.ts";
import { addToCounter, readCounter } from "../../../src/slab/counter_cell.ts";
import { createSlab, openSlab } from "../../../src/slab/slab.ts";
import { slabStatus } from "../../../src/slab/slab_status.ts";
import { SlabWriter } from "../../../src/slab/slab_writer.ts";

/** A family over a slab of its own, by a clock that the test moves. */
function newFamily(options: { labelNames?: string[]; maxSeries?: number; bytes?: number } = {}) {
  const { labelNames = ["a", "b"], maxSeries, bytes = 65536 } = options;
  const clock = { ms: 0 };
  const slab = openSlab(createSlab({ bytes }));
  const writer = new SlabWriter(slab, () => clock.ms);
  const descriptor = defineDescriptor("counter", { name: "x_total", help: "X.", labelNames, maxSeries });
  return { family: new Family(descriptor, { writer, shape: COUNTER_SHAPE }), slab, writer, clock };
}

class Child implements BoundChild {
  cell32: number;
  constructor(cell32: number) {
    this.cell32 = cell32;
  }
  rebind(cell32: number): void {
    this.cell32 = cell32;
  }
}

const bind = (cell32: number) => new Child(cell32);

Deno.test("Family.cellOf() gives one cell for one label set, in any order and type", () => {
  const { family } = newFamily();
  const cell = family.cellOf({ a: "1", b: "true" });
  assertEquals(family.cellOf({ b: "true", a: "1" }), cell);
  assertEquals(family.cellOf({ a: 1, b: true }), cell);
  assertEquals(family.cellOf({ b: true, a: "1" }), cell);
  assertEquals(family.cellOf(Object.assign(Object.create(null), { b: "true", a: 1 })), cell);
  assertNotEquals(family.cellOf({ b: "1", a: "true" }), cell);
  assertEquals(family.cellOfValues([1, "true"]), cell);
  assertNotEquals(family.cellOf({ a: "true", b: "1" }), cell);
  assertNotEquals(family.cellOf({ a: "1true", b: "" }), cell);
});

Deno.test("case 46: Family.cellOf() takes a lone surrogate for U+FFFD", () => {
  const { family } = newFamily({ labelNames: ["a"] });
  const cell = family.cellOf({ a: "\uFFFD" });
  assertEquals(family.cellOf({ a: "\uD800" }), cell);
  assertEquals(family.cellOf({ a: "\uDC00" }), cell);
  assertNotEquals(family.cellOf({ a: "\uD800\uDC00" }), cell);
});

Deno.test("Family.cellOf() refuses label sets that are not the definition's, and makes no series", () => {
  const { family, slab } = newFamily();
  const refused: [unknown, string][] = [
    [{ a: "1" }, 'wanted labels {a, b}, "b" is missing'],
    [{}, 'wanted labels {a, b}, "a" is missing'],
    [{ b: "1" }, 'wanted labels {a, b}, "a" is missing'],
    [{ b: "1", c: "3", a: "2" }, 'wanted labels {a, b}, given unknown label "c"'],
    [{ a: "1", b: "2", c: "3" }, 'wanted labels {a, b}, given unknown label "c"'],
    [{ a: "1", b: "2", "": "3" }, 'wanted labels {a, b}, given unknown label ""'],
    [{ a: "1", b: "2", undefined: "3" }, 'wanted labels {a, b}, given unknown label "undefined"'],
    [{ a: "1", b: undefined }, 'wanted labels {a, b}, "b" is missing'],
    [{ a: "1", b: null }, 'Cannot use label "b": wanted a string, number or boolean, given null'],
    [{ a: "1", b: {} }, 'Cannot use label "b": wanted a string, number or boolean, given object'],
    [null, "wanted labels as an object, given null"],
  ];
  for (const [labels, message] of refused) {
    assertThrows(() => family.cellOf(labels as Record<string, LabelValue>), TypeError, message);
  }
  assertThrows(() => family.cellOfValues(["1"]), TypeError, "wanted 2 label values (a, b), given 1");
  assertThrows(() => family.cellOfValues([]), TypeError, "wanted 2 label values (a, b), given 0");
  assertEquals(slabStatus(slab).seriesCount, 0);
});

Deno.test("Family.ownCell is the only cell of a family without labels", () => {
  const { family, slab } = newFamily({ labelNames: [] });
  assert(family.ownCell > 0);
  assertEquals(slabStatus(slab).seriesCount, 1);
  assertEquals(newFamily().family.ownCell, -1);
});

Deno.test("case 53: Family uses the overflow series beyond its limit, and counts that", () => {
  const { family, slab } = newFamily({ labelNames: ["a"], maxSeries: 2 });
  const [one, two] = [family.cellOf({ a: "1" }), family.cellOf({ a: "2" })];
  const overflow = family.cellOf({ a: "3" });
  assertEquals(family.cellOf({ a: "4" }), overflow);
  assertEquals(new Set([one, two, overflow]).size, 3);
  assertEquals([family.cellOf({ a: "1" }), family.cellOf({ a: 2 })], [one, two]);
  assertEquals([slabStatus(slab).seriesCount, slabStatus(slab).droppedSeries], [3, 2]);
});

Deno.test("Family lives in private memory if the slab has no room for it", () => {
  const { writer, slab } = newFamily({ bytes: 16384, labelNames: [] });
  while (writer.appendSeries({ familyId: 0, payload: new Uint8Array(900), ...COUNTER_SHAPE }) !== 0);
  const help = "No room. ".repeat(200);
  const descriptor = defineDescriptor("counter", { name: "y_total", help, labelNames: ["a"] });
  const family = new Family(descriptor, { writer, shape: COUNTER_SHAPE });
  assertEquals(slabStatus(slab).droppedFamilies, 1);
  const cell = family.cellOf({ a: "1" });
  assert(addToCounter(family.slab, cell, 1));
  assert(family.slab.buffer !== slab.buffer);
  family.removeWhere(() => true);
  assertEquals(readCounter(family.slab, cell), 1);
});

Deno.test("Family.childAt() hands out one child for a cell", () => {
  const { family } = newFamily({ labelNames: ["a"] });
  const child = family.childAt(family.cellOf({ a: "1" }), bind);
  assertStrictEquals(family.childAt(family.cellOf({ a: 1 }), bind), child);
});

Deno.test("case 50: no child writes to a cell that was removed, the overflow series' neither", () => {
  const { family, slab, writer, clock } = newFamily({ labelNames: ["a"], bytes: 16384 });
  const children = ["label value 1", "label value 2", "label value 3"].map((a) =>
    family.childAt(family.cellOf({ a }), bind)
  );
  while (writer.appendSeries({ familyId: 1, payload: new Uint8Array(100), ...COUNTER_SHAPE }) !== 0);
  while (writer.appendSeries({ familyId: 1, payload: new Uint8Array(0), ...COUNTER_SHAPE }) !== 0);
  family.removeWhere(() => true);
  const [overflow] = children.map(({ cell32 }) => cell32);
  assertEquals(children.map(({ cell32 }) => cell32), [overflow, overflow, overflow], "the slab is full");
  clock.ms += 60_000;
  family.removeWhere(() => true);
  for (const { cell32 } of children) assertNotEquals(cell32, overflow, "a child is left at a reclaimed cell");
  clock.ms += 60_000;
  const anew = new Set<number>();
  for (let k = 0; k < 3; k++) anew.add(family.cellOf({ a: `new ${k}` }));
  for (const child of children) addToCounter(slab, child.cell32, 7);
  for (const cell of anew) {
    if (!children.some(({ cell32 }) => cell32 === cell)) assertEquals(readCounter(slab, cell), 0);
  }
});
