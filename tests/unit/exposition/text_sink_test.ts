import { assertEquals, assertStrictEquals } from "@std/assert";
import { createTextFormat } from "../../../src/exposition/text_sink.ts";
import { chunksOf, TestFamily, textOf } from "../../_support/sample_blocks.ts";

Deno.test("createTextFormat() names its version and escaping in the content type", () => {
  assertEquals(
    createTextFormat().contentType,
    "text/plain; version=0.0.4; charset=utf-8; escaping=underscores",
  );
  assertEquals(
    createTextFormat({ version: "1.0.0", escaping: "allow-utf-8" }).contentType,
    "text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8",
  );
});

Deno.test("createTextFormat() writes counters with sorted labels, constant ones among them", () => {
  const family = new TestFamily(
    {
      name: "a_total",
      help: 'a \\ "b"\nc',
      type: "counter",
      labelNames: ["y", "b"],
      constLabels: { m: '"' },
    },
    [["1", "\\"], ["2", "\n"]],
  );
  assertEquals(
    textOf(createTextFormat(), [family.samples([1, 1e6])]),
    '# HELP a_total a \\\\ "b"\\nc\n# TYPE a_total counter\n' +
      'a_total{b="\\\\",m="\\"",y="1"} 1\na_total{b="\\n",m="\\"",y="2"} 1e+06\n',
  );
});

Deno.test("createTextFormat() writes histograms: buckets, sum, count", () => {
  const family = new TestFamily({ name: "h", type: "histogram", buckets: [0.5, 1], labelNames: ["a"] }, [[
    "x",
  ]]);
  assertEquals(
    textOf(createTextFormat(), [family.samples([1, 2, 3, 4.5])]),
    '# TYPE h histogram\nh_bucket{a="x",le="0.5"} 1\nh_bucket{a="x",le="1"} 2\nh_bucket{a="x",le="+Inf"} 3\n' +
      'h_sum{a="x"} 4.5\nh_count{a="x"} 3\n',
  );
});

Deno.test("createTextFormat() writes a summary without quantiles or labels", () => {
  const family = new TestFamily({ name: "s", type: "summary" });
  assertEquals(
    textOf(createTextFormat(), [family.samples([0.25, 2])]),
    "# TYPE s summary\ns_sum 0.25\ns_count 2\n",
  );
});

Deno.test("createTextFormat() maps the types that it lacks", () => {
  const families = [
    new TestFamily({ name: "build", type: "info", labelNames: ["v"] }, [["1"]]).samples([1]),
    new TestFamily({ name: "power_info", type: "info" }).samples([1]),
    new TestFamily({ name: "mode:x", type: "stateset", states: ["on", "off"] }).samples([0, 1]),
    new TestFamily({ name: "g", type: "gaugehistogram" }).samples([2, 3]),
    new TestFamily({ name: "u", type: "unknown" }).samples([NaN]),
  ];
  assertEquals(
    textOf(createTextFormat(), families),
    '# TYPE build_info gauge\nbuild_info{v="1"} 1\n# TYPE power_info gauge\npower_info 1\n' +
      '# TYPE mode:x gauge\nmode:x{mode_x="on"} 0\nmode:x{mode_x="off"} 1\n' +
      '# TYPE g histogram\ng_bucket{le="+Inf"} 2\ng_sum 3\ng_count 2\n# TYPE u untyped\nu NaN\n',
  );
});

Deno.test("createTextFormat() writes the metadata of a family without series", () => {
  const family = new TestFamily({ name: "c_total", help: "H.", type: "counter", labelNames: ["a"] }, []);
  assertEquals(
    textOf(createTextFormat(), [family.samples([])]),
    "# HELP c_total H.\n# TYPE c_total counter\n",
  );
});

Deno.test("createTextFormat() quotes names that need it, or escapes them", () => {
  const parts = { name: "my.hist", type: "histogram", buckets: [1], labelNames: ["a.b"] } as const;
  const samples = new TestFamily(parts, [["v"]]).samples([1, 1, 1]);
  assertEquals(
    textOf(createTextFormat({ escaping: "allow-utf-8" }), [samples]),
    '# TYPE "my.hist" histogram\n{"my.hist_bucket","a.b"="v",le="1"} 1\n' +
      '{"my.hist_bucket","a.b"="v",le="+Inf"} 1\n{"my.hist_sum","a.b"="v"} 1\n{"my.hist_count","a.b"="v"} 1\n',
  );
  assertEquals(
    textOf(createTextFormat(), [samples]),
    '# TYPE my_hist histogram\nmy_hist_bucket{a_b="v",le="1"} 1\n' +
      'my_hist_bucket{a_b="v",le="+Inf"} 1\nmy_hist_sum{a_b="v"} 1\nmy_hist_count{a_b="v"} 1\n',
  );
  const bare = new TestFamily({ name: "my.hist", type: "histogram" }).samples([1, 1]);
  assertEquals(
    textOf(createTextFormat({ escaping: "allow-utf-8" }), [bare]),
    '# TYPE "my.hist" histogram\n{"my.hist_bucket",le="+Inf"} 1\n{"my.hist_sum"} 1\n{"my.hist_count"} 1\n',
  );
});

Deno.test("createTextFormat() hands out the same chunk while nothing changes, and never writes to it again", () => {
  const family = new TestFamily({ name: "c_total", type: "counter", labelNames: ["a"] }, [["1"], ["2"]]);
  const format = createTextFormat();
  const [first] = chunksOf(format, [family.samples([1, 2])]);
  const [second] = chunksOf(format, [family.samples([1, 2])]);
  const [third] = chunksOf(format, [family.samples([3, 2])]);
  assertStrictEquals(second, first);
  const decoder = new TextDecoder();
  assertEquals(decoder.decode(first), '# TYPE c_total counter\nc_total{a="1"} 1\nc_total{a="2"} 2\n');
  assertEquals(decoder.decode(third), '# TYPE c_total counter\nc_total{a="1"} 3\nc_total{a="2"} 2\n');
});

Deno.test("createTextFormat() renders anew what somebody transferred away", () => {
  const family = new TestFamily({ name: "c_total", type: "counter" });
  const format = createTextFormat();
  const [chunk] = chunksOf(format, [family.samples([1])]);
  structuredClone(chunk, { transfer: [chunk.buffer] });
  assertEquals(textOf(format, [family.samples([1])]), "# TYPE c_total counter\nc_total 1\n");
});
