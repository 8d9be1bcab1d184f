/** Whatever label values are made of, distinct ones are distinct series, and the text says exactly what they are. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import * as client from "promslab/compat";
import { checkExposition } from "promslab/testing";
import { parseExposition } from "../../../src/exposition/check/parse_exposition.ts";
import { wellFormed } from "../../../src/model/label_values.ts";
import { labelPairs } from "../../_support/label_pairs.ts";
import { testProperty } from "../../_support/property.ts";

/** Strings full of what separates, quotes and ends things. */
const labelValue = fc.string({
  unit: fc.constantFrom(...'ab|,:;{}=#"\\\n\r\t \0', "😀", "ü", "\uD800", "\uDC00", "\uFFFD"),
  maxLength: 6,
});

testProperty(
  "Counter.inc() keeps label sets apart and the text reads back",
  fc.asyncProperty(
    labelPairs(labelValue),
    async (pairs) => {
      const registry = new client.Registry();
      const counter = new client.Counter({
        name: "c_total",
        help: "h",
        labelNames: ["x", "y"],
        registers: [registry],
      });
      const wanted = new Map<string, number>();
      for (const [x, y] of pairs) {
        counter.inc({ x, y });
        const key = JSON.stringify([wellFormed(x), wellFormed(y)]);
        wanted.set(key, (wanted.get(key) ?? 0) + 1);
      }
      // WHY: a scrape travels as UTF-8, which has no lone surrogates.
      const text = wellFormed(await registry.metrics());
      assertEquals(checkExposition(text, "text"), []);
      const found = new Map<string, number>();
      for (const family of parseExposition(text, "text")) {
        for (const { labels, value } of family.samples) {
          const of = (name: string) => labels.get(name) ?? "";
          found.set(JSON.stringify([of("x"), of("y")]), value);
        }
      }
      assertEquals(found, wanted);
    },
  ),
);

testProperty(
  "Gauge.set() is not affected by what becomes of the labels object",
  fc.asyncProperty(labelValue, labelValue, async (before, after) => {
    const registry = new client.Registry();
    const gauge = new client.Gauge({ name: "g", help: "h", labelNames: ["x"], registers: [registry] });
    const labels = { x: before };
    gauge.set(labels, 1);
    labels.x = after;
    const { values } = await gauge.get();
    assertEquals(values.map((value) => value.labels), [{ x: before }]);
  }),
);
