import type { Exemplar } from "../../../src/model/samples.ts";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { createOpenMetricsFormat } from "../../../src/exposition/openmetrics_sink.ts";
import { chunksOf, TestFamily, textOf } from "../../_support/sample_blocks.ts";

const EXEMPLAR: Exemplar = { labels: { trace_id: 'a"b' }, value: 0.25, timestamp: 1520879607.789 };

Deno.test("createOpenMetricsFormat() writes an empty set as the end alone", () => {
  assertEquals(textOf(createOpenMetricsFormat(), []), "# EOF\n");
});

Deno.test("createOpenMetricsFormat() writes counters: metadata without _total, exemplars, creation times", () => {
  const family = new TestFamily(
    { name: "a_seconds_total", help: 'a "b"', type: "counter", unit: "seconds", labelNames: ["x"] },
    [["1"], ["2"]],
  );
  const samples = family.samples([1, 2.5], {
    created: Float64Array.of(1520430000.123, 0),
    exemplars: new Map([[1, EXEMPLAR]]),
  });
  const header = '# TYPE a_seconds counter\n# UNIT a_seconds seconds\n# HELP a_seconds a \\"b\\"\n';
  const second = 'a_seconds_total{x="2"} 2.5 # {trace_id="a\\"b"} 0.25 1520879607.789\n# EOF\n';
  assertEquals(
    textOf(createOpenMetricsFormat(), [samples]),
    `${header}a_seconds_total{x="1"} 1.0\n${second}`,
  );
  assertEquals(
    textOf(createOpenMetricsFormat({ created: true }), [samples]),
    `${header}a_seconds_total{x="1"} 1.0\na_seconds_created{x="1"} 1.520430000123e+09\n${second}`,
  );
});

Deno.test("createOpenMetricsFormat() makes a counter without _total unknown", () => {
  const samples = new TestFamily({ name: "a", type: "counter" }).samples([1], {
    exemplars: new Map([[0, EXEMPLAR]]),
  });
  assertEquals(textOf(createOpenMetricsFormat(), [samples]), "# TYPE a unknown\na 1.0\n# EOF\n");
});

Deno.test("createOpenMetricsFormat() writes histograms with canonical bounds and integer counts", () => {
  const family = new TestFamily({ name: "h", type: "histogram", buckets: [0.5, 1] });
  const samples = family.samples([1, 2, 1e6, 4.5], {
    exemplars: new Map([[2, { ...EXEMPLAR, labels: {}, timestamp: 0 }]]),
  });
  assertEquals(
    textOf(createOpenMetricsFormat(), [samples]),
    '# TYPE h histogram\nh_bucket{le="0.5"} 1\nh_bucket{le="1.0"} 2\nh_bucket{le="+Inf"} 1000000 # {} 0.25\n' +
      "h_sum 4.5\nh_count 1000000\n# EOF\n",
  );
});

Deno.test("createOpenMetricsFormat() leaves out sum and count beside negative bounds", () => {
  const samples = new TestFamily({ name: "h", type: "histogram", buckets: [-1] }).samples([1, 2, -3]);
  assertEquals(
    textOf(createOpenMetricsFormat({ created: true }), [{ ...samples, created: Float64Array.of(5) }]),
    '# TYPE h histogram\nh_bucket{le="-1.0"} 1\nh_bucket{le="+Inf"} 2\nh_created 5.0\n# EOF\n',
  );
});

Deno.test("createOpenMetricsFormat() writes the types that the text format lacks", () => {
  const families = [
    new TestFamily({ name: "build_info", type: "info", unit: "x", labelNames: ["v"] }, [["1"]]).samples([1]),
    new TestFamily({ name: "feature", type: "stateset", states: ["on", "off"], labelNames: ["z"] }, [["1"]])
      .samples([0, 1]),
    new TestFamily({ name: "g", type: "gaugehistogram", buckets: [1] }).samples([1, 2, 3]),
    new TestFamily({ name: "s", type: "summary", quantiles: [0.5, 1] }).samples([NaN, 2, 3, 1]),
    new TestFamily({ name: "u", type: "unknown" }).samples([-Infinity]),
  ];
  assertEquals(
    textOf(createOpenMetricsFormat(), families),
    '# TYPE build info\nbuild_info{v="1"} 1.0\n' +
      '# TYPE feature stateset\nfeature{z="1",feature="on"} 0\nfeature{z="1",feature="off"} 1\n' +
      '# TYPE g gaugehistogram\ng_bucket{le="1.0"} 1\ng_bucket{le="+Inf"} 2\ng_gsum 3.0\ng_gcount 2\n' +
      '# TYPE s summary\ns{quantile="0.5"} NaN\ns{quantile="1.0"} 2.0\ns_sum 3.0\ns_count 1\n' +
      "# TYPE u unknown\nu -Inf\n# EOF\n",
  );
});

Deno.test("createOpenMetricsFormat() drops an exemplar of more than 128 code points, and keeps one of 128", () => {
  const family = new TestFamily({ name: "a_total", type: "counter" });
  const withValue = (value: string) =>
    family.samples([1], { exemplars: new Map([[0, { ...EXEMPLAR, labels: { a: value } }]]) });
  const format = createOpenMetricsFormat();
  assertEquals(textOf(format, [withValue("🦕".repeat(128))]), "# TYPE a counter\na_total 1.0\n# EOF\n");
  assertEquals(
    textOf(format, [withValue("🦕".repeat(127))]),
    `# TYPE a counter\na_total 1.0 # {a="${"🦕".repeat(127)}"} 0.25 1520879607.789\n# EOF\n`,
  );
});

Deno.test("createOpenMetricsFormat() notices exemplars that come, change and go while the value stays", () => {
  const family = new TestFamily({ name: "a_total", type: "counter", labelNames: ["x"] }, [["1"], ["2"]]);
  const format = createOpenMetricsFormat();
  const scrape = (exemplars?: Map<number, Exemplar>) =>
    textOf(format, [family.samples([1, 1], { exemplars })]);
  const shown = ' # {trace_id="a\\"b"} 0.25 1520879607.789';
  const body = (first: string, second: string) =>
    `# TYPE a counter\na_total{x="1"} 1.0${first}\na_total{x="2"} 1.0${second}\n# EOF\n`;
  assertEquals(scrape(), body("", ""));
  assertEquals(scrape(new Map([[1, EXEMPLAR]])), body("", shown));
  assertEquals(
    scrape(new Map([[0, EXEMPLAR], [1, { ...EXEMPLAR, value: 3 }]])),
    body(shown, shown.replace("0.25", "3.0")),
  );
  assertEquals(scrape(new Map([[0, EXEMPLAR]])), body(shown, ""));
  assertEquals(scrape(), body("", ""));
});

Deno.test("createOpenMetricsFormat() hands out the same chunk while nothing changes, exemplars and creation times included", () => {
  const family = new TestFamily({ name: "a_total", type: "counter" });
  const format = createOpenMetricsFormat({ created: true });
  const scrape = (created: number) =>
    chunksOf(format, [
      family.samples([1], { created: Float64Array.of(created), exemplars: new Map([[0, EXEMPLAR]]) }),
    ]);
  const [first] = scrape(5);
  assertStrictEquals(scrape(5)[0], first);
  assertEquals(new TextDecoder().decode(scrape(6)[0]).includes("a_created 6.0\n"), true);
});

Deno.test("createOpenMetricsFormat() escapes or quotes names, suffixes behind the escaped name", () => {
  const samples = new TestFamily({ name: "a.b_total", type: "counter", labelNames: ["x.y"] }, [["1"]])
    .samples([1]);
  const body = (escaping: "allow-utf-8" | "underscores" | "dots" | "values") =>
    textOf(createOpenMetricsFormat({ escaping }), [samples]);
  assertEquals(body("underscores"), '# TYPE a_b counter\na_b_total{x_y="1"} 1.0\n# EOF\n');
  assertEquals(body("dots"), '# TYPE a_dot_b_ counter\na_dot_b__total{x_dot_y="1"} 1.0\n# EOF\n');
  assertEquals(body("values"), '# TYPE U__a_2e_b_ counter\nU__a_2e_b__total{U__x_2e_y="1"} 1.0\n# EOF\n');
  assertEquals(body("allow-utf-8"), '# TYPE "a.b" counter\n{"a.b_total","x.y"="1"} 1.0\n# EOF\n');
});
