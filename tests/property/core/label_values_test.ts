/**
 * Label values on their way through a slab: whole, apart, and never half a character.
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Counter } from "../../../src/metric/counter.ts";
import {
  canonicalLabelValue,
  decodeLabelValues,
  encodeLabelValues,
  labelSetKey,
  wellFormed,
} from "../../../src/model/label_values.ts";
import { Fleet } from "../../_support/fleet.ts";
import { labelPairs } from "../../_support/label_pairs.ts";
import { testProperty } from "../../_support/property.ts";

/** Any sequence of UTF-16 units, half pairs too. */
const anyString = fc.array(
  fc.oneof(
    fc.integer({ min: 0, max: 0xffff }),
    fc.constantFrom(0, 0x22, 0x2c, 0x5c, 0xa, 0xd83d, 0xde42, 0xfeff, 0xfffd, 0x3a, 0x31),
  ),
  { maxLength: 12 },
).map((units) => String.fromCharCode(...units));

const wellFormedString = anyString.map(wellFormed);

testProperty(
  "case 46: decodeLabelValues() gives what encodeLabelValues() was given",
  fc.property(fc.array(wellFormedString, { maxLength: 5 }), (values) => {
    assertEquals(decodeLabelValues(encodeLabelValues(values), values.length), values);
  }),
);

testProperty(
  "decodeLabelValues() refuses or reads any bytes, and never reads beyond them",
  fc.property(fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 0, max: 4 }), (bytes, count) => {
    const padded = new Uint8Array(bytes.length + 8).fill(0x7a);
    padded.set(bytes, 4);
    try {
      const values = decodeLabelValues(padded.subarray(4, 4 + bytes.length), count);
      assertEquals(values.length, count);
      assert(values.join("").length <= bytes.length);
    } catch (error) {
      assert(error instanceof RangeError, String(error));
    }
  }),
  { runs: 500 },
);

testProperty(
  "wellFormed() is what a UTF-8 encoder makes of a string",
  fc.property(anyString, (value) => {
    const bytes = new TextEncoder().encode(value);
    const wanted = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    assertEquals(wellFormed(value), wanted);
    assertEquals(canonicalLabelValue(value, "l"), wanted);
    assertEquals(wellFormed(wanted), wanted);
  }),
  { runs: 500 },
);

testProperty(
  "case 49: labelSetKey() is equal for equal label sets only",
  fc.property(
    fc.array(wellFormedString, { minLength: 3, maxLength: 3 }),
    fc.array(wellFormedString, { minLength: 3, maxLength: 3 }),
    (one, other) => {
      const equal = one.every((value, k) => value === other[k]);
      assertEquals(labelSetKey(one) === labelSetKey(other), equal);
      // The same text, cut elsewhere.
      const [a, b, c] = one;
      if (b !== "") assert(labelSetKey([a + b, "", c]) !== labelSetKey(one));
    },
  ),
);

testProperty(
  "case 46: two label sets are one series exactly if they are equal, in whatever order and type they are given",
  fc.property(labelPairs(anyString), (sets) => {
    const fleet = new Fleet();
    const counters = [0, 1].map((slot) =>
      new Counter({
        name: "a_total",
        help: "A.",
        labelNames: ["x", "y"],
        registry: fleet.start(slot).registry,
      })
    );
    const wanted = new Map<string, number>();
    sets.forEach(([x, y], k) => {
      if (k % 3 === 0) counters[k % 2].inc({ y, x });
      else if (k % 3 === 1) counters[k % 2].inc({ x, y });
      else counters[k % 2].labels(x, y).inc();
      const name = `a_total{x=${JSON.stringify(wellFormed(x))},y=${JSON.stringify(wellFormed(y))}}`;
      wanted.set(name, (wanted.get(name) ?? 0) + 1);
    });
    const found = fleet.scrape();
    assertEquals(found.size, wanted.size);
    for (const [name, value] of wanted) assertEquals(found.get(name), value, name);
  }),
);

Deno.test("canonicalLabelValue() refuses what is no string, number or boolean", () => {
  for (const bad of [null, undefined, {}, [], Symbol("s"), () => {}, 1n]) {
    assertThrows(
      () => canonicalLabelValue(bad, "l"),
      TypeError,
      'Cannot use label "l": wanted a string, number or boolean',
    );
  }
});
