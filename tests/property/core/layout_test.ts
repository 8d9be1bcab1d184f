/**
 * No table of fields gives a layout whose fields overlap or lie astray.
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { defineLayout, type FieldSpec, type FieldView, roundUp } from "../../../src/layout/layout.ts";
import { testProperty } from "../../_support/property.ts";

const STEP: Record<FieldView, number> = { i32: 4, i64: 8, f64: 8, u8: 1, "-": 1 };

const field = fc.record({
  view: fc.constantFrom<FieldView>("i32", "i64", "f64", "u8", "-"),
  size: fc.integer({ min: 0, max: 24 }),
  name: fc.constantFrom("a", "b", "c", "d", "e", "f", "g"),
});

testProperty(
  "defineLayout() refuses a table or gives fields that are aligned, apart and add up",
  fc.property(
    fc.array(field, { maxLength: 7 }),
    fc.option(fc.integer({ min: 0, max: 128 })),
    (specs, bytes) => {
      const fields: FieldSpec[] = specs.map(({ view, size, name }) => ({
        field: name,
        view,
        size,
        writer: "owner",
        ordering: "plain",
        meaning: "",
      }));
      const sum = specs.reduce((total, { size }) => total + size, 0);
      const wanted = bytes ?? sum;
      let offset = 0;
      const sound = specs.every(({ view, size }) => {
        const fits = size > 0 && size % STEP[view] === 0 && offset % STEP[view] === 0;
        offset += size;
        return fits;
      }) && new Set(specs.map(({ name }) => name)).size === specs.length && wanted === sum && sum % 8 === 0;
      let layout;
      try {
        layout = defineLayout({ name: "l", title: "L", bytes: wanted, fields });
      } catch (error) {
        assert(error instanceof RangeError);
        assert(!sound, "a sound table is refused");
        return;
      }
      assert(sound, "an unsound table is taken");
      const used = new Uint8Array(layout.bytes);
      for (const { offset, size, view, field } of layout.fields) {
        assertEquals(offset % STEP[view], 0);
        assertEquals(layout.at[field], offset);
        for (let byte = offset; byte < offset + size; byte++) assertEquals(used[byte]++, 0);
      }
      assert(used.every((count) => count === 1));
    },
  ),
  { runs: 500 },
);

testProperty(
  "roundUp() gives the next multiple",
  fc.property(fc.nat(2 ** 30), fc.constantFrom(1, 2, 4, 8, 64, 4096), (value, step) => {
    const up = roundUp(value, step);
    assert(up % step === 0 && up >= value && up < value + step);
  }),
);
