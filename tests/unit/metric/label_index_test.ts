import { assertEquals } from "@std/assert";
import { LabelIndex, NO_CELL } from "../../../src/metric/label_index.ts";

/** Numbers that look random and are the same in every run. */
function sequence(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
}

/** Adds and forgets label sets of so many labels, and compares every look-up with a plain map. */
function compareWithMap(labelCount: number, { values, steps }: { values: number; steps: number }): void {
  const names = Array.from({ length: labelCount }, (_, i) => `label${i}`);
  const index = new LabelIndex(names);
  const model = new Map<string, { set: string[]; cell: number }>();
  const random = sequence(labelCount);
  for (let step = 1; step <= steps; step++) {
    const set = names.map(() => String(random(values)));
    const known = model.get(set.join());
    const cell = known?.cell ?? NO_CELL;
    assertEquals(index.findValues(set), cell);
    const labels = Object.fromEntries(names.map((name, i) => [name, set[i]]));
    assertEquals(index.find(labels), cell);
    const backwards = Object.fromEntries(Object.entries(labels).reverse());
    assertEquals(index.findUnordered(backwards), cell);
    if (known === undefined) {
      index.add(set, step);
      model.set(set.join(), { set, cell: step });
    } else if (random(3) > 0) {
      index.forget(set, known.cell);
      model.delete(set.join());
    }
  }
  for (const { set, cell } of model.values()) assertEquals(index.findValues(set), cell);
  for (const { set, cell } of model.values()) index.forget(set, cell);
  for (const { set } of model.values()) assertEquals(index.findValues(set), NO_CELL);
}

Deno.test("LabelIndex finds what a map of all label sets has, whatever comes and goes", () => {
  compareWithMap(1, { values: 50, steps: 2000 });
  compareWithMap(3, { values: 6, steps: 4000 });
  compareWithMap(3, { values: 500, steps: 4000 });
});

Deno.test("LabelIndex tells label sets apart whose numbers do not fit into one word", () => {
  compareWithMap(9, { values: 2, steps: 4000 });
  compareWithMap(12, { values: 70, steps: 3000 });
  compareWithMap(40, { values: 2, steps: 1000 });
});

Deno.test("LabelIndex.find() wants the labels in their order, and no other", () => {
  const index = new LabelIndex(["a", "b"]);
  index.add(["1", "2"], 7);
  assertEquals(index.find({ a: "1", b: "2" }), 7);
  assertEquals(index.find({ b: "2", a: "1" }), NO_CELL);
  assertEquals(index.find({ a: "1" }), NO_CELL);
  assertEquals(index.find({ a: "1", b: "2", c: "3" }), NO_CELL);
  assertEquals(index.find({}), NO_CELL);
});

Deno.test("LabelIndex takes no text for one that it does not have", () => {
  const index = new LabelIndex(["a"]);
  assertEquals([index.findValues([""]), index.findValues(["\uD800"])], [NO_CELL, NO_CELL]);
  index.add([""], 7);
  assertEquals([index.findValues([""]), index.findValues(["\uD800"])], [7, NO_CELL]);
  index.forget([""], 7);
  assertEquals([index.findValues([""]), index.findValues(["\uD800"])], [NO_CELL, NO_CELL]);
});

Deno.test("LabelIndex.addAliases() has numbers and booleans find what their text finds, as long as it is there", () => {
  const index = new LabelIndex(["status", "ok"]);
  index.add(["200", "true"], 7);
  assertEquals(index.findValues([200, true]), NO_CELL);
  index.addAliases([200, true], ["200", "true"]);
  index.addAliases([200, "true"], ["200", "true"]);
  assertEquals([index.findValues([200, true]), index.find({ status: 200, ok: "true" })], [7, 7]);
  index.add(["200", "false"], 8);
  assertEquals(index.findValues([200, "false"]), 8);
  index.forget(["200", "true"], 7);
  assertEquals([index.findValues([200, true]), index.findValues([200, "false"])], [NO_CELL, 8]);
  index.forget(["200", "false"], 8);
  index.add(["500", "false"], 9);
  assertEquals([index.findValues([200, "false"]), index.findValues([500, "false"])], [NO_CELL, NO_CELL]);
  assertEquals(index.findValues(["500", "false"]), 9);
});

Deno.test("LabelIndex.forget() leaves a label set alone that leads to another cell", () => {
  const index = new LabelIndex(["a"]);
  index.add(["x"], 7);
  index.forget(["x"], 8);
  index.forget(["y"], 7);
  assertEquals(index.findValues(["x"]), 7);
});
