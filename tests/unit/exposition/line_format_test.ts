import { assertEquals } from "@std/assert";
import type { SlotWriter } from "../../../src/exposition/block_renderer.ts";
import { createLineFormat, type LineFamily, type LineSyntax } from "../../../src/exposition/line_format.ts";
import { TestFamily, textOf } from "../../_support/sample_blocks.ts";

const write: SlotWriter = (writer, { values }, index) => writer.text(String(values[index]));

/** A format whose families have the given lines. */
function formatOf(family: Partial<LineFamily>, syntax: Partial<LineSyntax> = {}) {
  const lines = [{ name: "a", column: 0, write }];
  return createLineFormat({
    contentType: "text/lines",
    escaping: "allow-utf-8",
    footer: "",
    formatCreated: (seconds) => `at ${seconds}`,
    family: () => ({ header: "", lines, ...family }),
    ...syntax,
  });
}

const COUNTER = { name: "a", type: "counter" } as const;

Deno.test("createLineFormat() puts the header before a family's first block only, and the footer behind all", () => {
  const format = formatOf({ header: "# a\n" }, { footer: "# end\n" });
  const family = new TestFamily({ ...COUNTER, labelNames: ["b"] }, [["1"]]);
  const rest = new TestFamily({ ...COUNTER, labelNames: ["b"] }, [["2"]]);
  assertEquals(
    textOf(format, [
      family.samples([5], { last: false }),
      { ...rest.samples([6], { first: false }), descriptor: family.descriptor },
    ]),
    '# a\na{b="1"} 5\na{b="2"} 6\n# end\n',
  );
  assertEquals([textOf(format, []), format.contentType], ["# end\n", "text/lines"]);
});

Deno.test("createLineFormat() sorts the labels of a series by name, constant ones among them", () => {
  const family = new TestFamily({ ...COUNTER, labelNames: ["z", "c"], constLabels: { d: "D", b: "B" } }, [
    ["1", "2"],
    ["", '"\\\n'],
  ]);
  assertEquals(
    textOf(formatOf({}), [family.samples([5, 6])]),
    'a{b="B",c="2",d="D",z="1"} 5\na{b="B",c="\\"\\\\\\n",d="D",z=""} 6\n',
  );
});

Deno.test("createLineFormat() puts a line's own label behind those of the series", () => {
  const lines = [{ name: "a", label: ["le", "+Inf"], column: 0, write }] as const;
  const bare = new TestFamily(COUNTER);
  const labelled = new TestFamily({ ...COUNTER, labelNames: ["z"] }, [["1"]]);
  assertEquals(textOf(formatOf({ lines }), [bare.samples([5])]), 'a{le="+Inf"} 5\n');
  assertEquals(textOf(formatOf({ lines }), [labelled.samples([5])]), 'a{z="1",le="+Inf"} 5\n');
});

Deno.test("createLineFormat() puts names that need quotes into the braces, with and without labels", () => {
  const bare = new TestFamily(COUNTER);
  const labelled = new TestFamily({ ...COUNTER, labelNames: ["z.y"] }, [["1"]]);
  const plain = formatOf({ lines: [{ name: "a b", column: 0, write }] });
  const withLabel = formatOf({ lines: [{ name: "a b", label: ["s t", "on"], column: 0, write }] });
  assertEquals(textOf(plain, [bare.samples([5])]), '{"a b"} 5\n');
  assertEquals(textOf(plain, [labelled.samples([5])]), '{"a b","z.y"="1"} 5\n');
  assertEquals(textOf(withLabel, [bare.samples([5])]), '{"a b","s t"="on"} 5\n');
  assertEquals(textOf(withLabel, [labelled.samples([5])]), '{"a b","z.y"="1","s t"="on"} 5\n');
});

Deno.test("createLineFormat() escapes the names of labels by its scheme", () => {
  const family = new TestFamily({ ...COUNTER, labelNames: ["z.y"] }, [["1"]]);
  assertEquals(textOf(formatOf({}, { escaping: "underscores" }), [family.samples([5])]), 'a{z_y="1"} 5\n');
});

Deno.test("createLineFormat() says since when a series counts, where that is known", () => {
  const format = formatOf({ createdName: "a_created" });
  const family = new TestFamily({ ...COUNTER, labelNames: ["b"] }, [["1"], ["2"], ["3"]]);
  const created = Float64Array.of(100.5, 0, 300);
  const wanted = (third: number) =>
    `a{b="1"} 5\na_created{b="1"} at 100.5\na{b="2"} 6\na{b="3"} ${third}\na_created{b="3"} at 300\n`;
  assertEquals(textOf(format, [family.samples([5, 6, 7], { created })]), wanted(7));
  // The places of the values are right behind such lines too.
  assertEquals(textOf(format, [family.samples([5, 6, 7000], { created })]), wanted(7000));
  assertEquals(textOf(format, [family.samples([5, 6, 7])]), 'a{b="1"} 5\na{b="2"} 6\na{b="3"} 7\n');
});

Deno.test("createLineFormat() writes lines anew that show the beginning, or native buckets, themselves", () => {
  const beginning: SlotWriter = (writer, { created }) => writer.text(String(created?.[0]));
  const zeros: SlotWriter = (writer, { natives }) => writer.text(String(natives?.[0].zeroCount));
  const family = new TestFamily({ name: "a", type: "histogram" });
  const since = formatOf({ showsCreated: true, lines: [{ name: "a", column: 0, write: beginning }] });
  const at = (seconds: number) =>
    textOf(since, [family.samples([1, 2], { created: Float64Array.of(seconds) })]);
  assertEquals([at(5), at(6)], ["a 5\n", "a 6\n"]);
  const native = formatOf({ showsNatives: true, lines: [{ name: "a", column: 0, write: zeros }] });
  const keys = new Int32Array();
  const counts = new Float64Array();
  const of = (zeroCount: number) =>
    textOf(native, [family.samples([1, 2], {
      natives: [{
        schema: 0,
        zeroThreshold: 0,
        zeroCount,
        count: 1,
        sum: 2,
        positiveKeys: keys,
        positiveCounts: counts,
        negativeKeys: keys,
        negativeCounts: counts,
        exemplars: [],
      }],
    })]);
  assertEquals([of(5), of(6)], ["a 5\n", "a 6\n"]);
});

Deno.test("createLineFormat() finds the places of values behind labels of several bytes a character", () => {
  const format = formatOf({ lines: [0, 1].map((column) => ({ name: `a${column}`, column, write })) });
  const family = new TestFamily({ name: "a", type: "histogram", labelNames: ["b"] }, [["ü\u2028"], ["€"]]);
  const wanted = 'a0{b="ü\u2028"} 1\na1{b="ü\u2028"} 2\na0{b="€"} 3\na1{b="€"} 44\n';
  textOf(format, [family.samples([0, 0, 0, 0])]);
  assertEquals(textOf(format, [family.samples([1, 2, 3, 44])]), wanted);
});

Deno.test("createLineFormat() writes a line anew when any of the columns changes that it shows", () => {
  const sum: SlotWriter = (writer, { values }, index) => writer.text(`${values[index]}+${values[index + 1]}`);
  const format = formatOf({ lines: [{ name: "a", column: 0, endColumn: 2, write: sum }] });
  const family = new TestFamily({ name: "a", type: "histogram" });
  assertEquals(textOf(format, [family.samples([1, 2])]), "a 1+2\n");
  assertEquals(textOf(format, [family.samples([1, 3])]), "a 1+3\n");
});

Deno.test("createLineFormat() lets scrapes overlap", () => {
  const format = formatOf({});
  const family = new TestFamily(COUNTER);
  const [slow, fast] = [format.sink(), format.sink()];
  slow.samples(family.samples([1]));
  fast.samples(family.samples([2]));
  const text = (chunks: readonly Uint8Array<ArrayBuffer>[]) => new TextDecoder().decode(chunks[0]);
  assertEquals([text(fast.finish()), text(slow.finish())], ["a 2\n", "a 1\n"]);
});
