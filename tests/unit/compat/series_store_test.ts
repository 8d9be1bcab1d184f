import { assert, assertEquals, assertNotStrictEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { Series, SeriesStore } from "../../../src/compat/series_store.ts";

const storeOf = (...names: string[]) => new SeriesStore<Series>(names, (labels) => new Series(labels));

Deno.test("SeriesStore.at() finds a label set again, whatever the order and the types", () => {
  const store = storeOf("a", "b");
  const series = store.at({ a: "x", b: 1 });
  assertStrictEquals(store.at({ b: "1", a: "x" }), series);
  assertStrictEquals(store.at({ a: "x", b: 1 }), series);
  assertEquals(store.all.size, 1);
});

Deno.test("SeriesStore.at() tells label sets apart whose joined values are the same", () => {
  const store = storeOf("x", "y");
  const pairs = [["p|q", "z"], ["p", "q|z"], ["p,y:q", ""], ["p", "y:q"], ["1:p", "1:q"], ["", "p|q|z"]];
  for (const [x, y] of pairs) store.at({ x, y });
  assertEquals(store.all.size, pairs.length);
});

Deno.test("SeriesStore.at() takes missing, undefined, null and empty values as one", () => {
  const store = storeOf("x", "y");
  const series = store.at({ x: "1" });
  for (const y of [undefined, null, ""]) assertStrictEquals(store.at({ x: "1", y }), series);
  assertStrictEquals(store.at({}), store.at({ x: "" }));
});

Deno.test("SeriesStore.at() copies the labels", () => {
  const store = storeOf("x");
  const labels = { x: "1" };
  const series = store.at(labels);
  labels.x = "2";
  assertEquals(series.labels, { x: "1" });
  assertNotStrictEquals(store.at(labels), series);
  assertEquals(store.all.size, 2);
});

Deno.test("SeriesStore.at() takes objects by what they look like", () => {
  const store = storeOf("x");
  const id = () => ({ toString: () => "abc" });
  assertStrictEquals(store.at({ x: id() }), store.at({ x: id() }));
  assertEquals(store.at({ x: "abc" }).paths.length, 1, "objects leave no path behind");
});

Deno.test("SeriesStore.at() refuses unknown labels, and makes nothing", () => {
  const store = storeOf("b", "a");
  assertThrows(
    () => store.at({ a: 1, c: 2 }),
    Error,
    `Added label "c" is not included in initial labelset: [ 'a', 'b' ]`,
  );
  assertEquals(store.all.size, 0);
});

Deno.test("SeriesStore.remove() forgets a series on all its paths", () => {
  const store = storeOf("a", "b");
  const series = store.at({ a: 1, b: true });
  store.at({ a: 1, b: "other" });
  assertStrictEquals(store.remove({ a: "1", b: "true" }), series);
  assert(series.removed);
  assertNotStrictEquals(store.at({ a: 1, b: true }), series);
  assertEquals(store.remove({ a: "absent" }), undefined);
  assertEquals(store.all.size, 2);
});

Deno.test("SeriesStore.clear() marks everything as removed", () => {
  const store = storeOf();
  const series = store.unlabelled();
  assertStrictEquals(store.at({}), series);
  store.clear();
  assert(series.removed);
  assertNotStrictEquals(store.unlabelled(), series);
});
