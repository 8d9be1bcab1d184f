import { assertEquals } from "@std/assert";
import { numberOf } from "../../../../src/dashboard/model/sample_table.ts";
import { counter, gauge, histogram, table } from "./_tables.ts";

Deno.test("SampleTable.total() adds up the series that are wanted", () => {
  const values = table(
    counter("jobs", 1, { queue: "a", kind: "x" }),
    counter("jobs", 20, { queue: "b", kind: "x" }),
    gauge("open", 3),
    histogram("wait", { "1": 4, "+Inf": 1 }),
  );
  assertEquals(values.total("jobs"), 21);
  assertEquals(values.total("jobs", { queue: "b" }), 20);
  assertEquals(values.total("jobs", { queue: "c" }), NaN);
  assertEquals(values.total("open"), 3);
  assertEquals(values.total("wait"), 5, "a histogram's part is its count");
  assertEquals(values.total("none"), NaN);
  assertEquals([...values.totalsBy("jobs", "queue")], [["a", 1], ["b", 20]]);
  assertEquals([...values.totalsBy("jobs", "kind")], [["x", 21]]);
});

Deno.test("SampleTable.histogram() merges series and knows the words for infinities", () => {
  const values = table(
    histogram("wait", { "1": 4, "2": 1, "+Inf": 1 }, { a: "1" }),
    histogram("wait", { "1": 0, "2": 3, "+Inf": 0 }, { a: "2" }),
  );
  assertEquals(values.histogram("wait"), {
    bounds: [1, 2, Infinity],
    counts: [4, 8, 9],
    sum: 4.5,
    count: 9,
  });
  assertEquals(values.histogram("wait", { a: "2" })?.counts, [0, 3, 3]);
  assertEquals(values.histogram("none"), undefined);
});

Deno.test("numberOf() reads what JSON has no numbers for", () => {
  assertEquals([1.5, "NaN", "+Inf", "-Inf"].map(numberOf), [1.5, NaN, Infinity, -Infinity]);
});
