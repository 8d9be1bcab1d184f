import { assertEquals, assertThrows } from "@std/assert";
import { defineLayout, type FieldSpec, roundUp, toIndex32, toIndex64 } from "../../../src/layout/layout.ts";

function field(name: string, size: number, view: FieldSpec["view"]): FieldSpec {
  return { field: name, size, view, writer: "owner", ordering: "plain", meaning: "" };
}

Deno.test("defineLayout() computes offsets from the order of the fields", () => {
  const layout = defineLayout({
    name: "l",
    title: "L",
    bytes: 24,
    fields: [field("a", 4, "i32"), field("b", 4, "u8"), field("c", 16, "f64")],
  });
  assertEquals(layout.at, { a: 0, b: 4, c: 8 });
  assertEquals(layout.fields.map(({ offset }) => offset), [0, 4, 8]);
});

Deno.test("defineLayout() refuses fields that do not fit, and says which", () => {
  const refused: [FieldSpec[], number, string][] = [
    [[field("a", 0, "i32")], 8, 'Cannot lay out "l.a": size 0 does not fit view i32'],
    [[field("a", 6, "i32")], 8, 'Cannot lay out "l.a": size 6 does not fit view i32'],
    [
      [field("a", 4, "i32"), field("b", 8, "f64")],
      16,
      'Cannot lay out "l.b": offset 4 is not a multiple of 8',
    ],
    [[field("a", 4, "i32"), field("a", 4, "i32")], 8, 'Cannot lay out "l.a": the field is there already'],
    [[field("a", 8, "i64")], 16, 'Cannot lay out "l": the fields take 8 bytes, wanted 16, a multiple of 8'],
    [[field("a", 4, "i32")], 4, "wanted 4, a multiple of 8"],
  ];
  for (const [fields, bytes, message] of refused) {
    assertThrows(() => defineLayout({ name: "l", title: "L", bytes, fields }), RangeError, message);
  }
});

Deno.test("toIndex32() and toIndex64() refuse what is not aligned", () => {
  assertEquals([toIndex32(8), toIndex64(8), toIndex32(0)], [2, 1, 0]);
  assertThrows(() => toIndex32(6), RangeError, 'Cannot index by 32 bits "6": wanted a multiple of 4');
  assertThrows(() => toIndex64(12), RangeError, 'Cannot index by 64 bits "12": wanted a multiple of 8');
});

Deno.test("roundUp() leaves multiples alone", () => {
  assertEquals([roundUp(0, 8), roundUp(1, 8), roundUp(8, 8), roundUp(4097, 4096)], [0, 8, 8, 8192]);
});
