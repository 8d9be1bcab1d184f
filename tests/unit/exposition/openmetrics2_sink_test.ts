import type { Exemplar } from "../../../src/model/samples.ts";
import { assertEquals } from "@std/assert";
import { createOpenMetrics2Format } from "../../../src/exposition/openmetrics2_sink.ts";
import { TestFamily, textOf } from "../../_support/sample_blocks.ts";

const EXEMPLAR: Exemplar = { labels: { id: "x" }, value: 0.25, timestamp: 1520879607.789 };

Deno.test("createOpenMetrics2Format() names families as their samples, and puts start times and exemplars on the line", () => {
  const family = new TestFamily({ name: "a_seconds_total", type: "counter", unit: "seconds" });
  const samples = family.samples([17], {
    created: Float64Array.of(1520430000.123),
    exemplars: new Map([[0, EXEMPLAR]]),
  });
  assertEquals(
    textOf(createOpenMetrics2Format(), [samples]),
    "# TYPE a_seconds_total counter\n# UNIT a_seconds_total seconds\n" +
      'a_seconds_total 17.0 st@1520430000.123 # {id="x"} 0.25 1520879607.789\n# EOF\n',
  );
});

Deno.test("createOpenMetrics2Format() writes a histogram as one value with several exemplars", () => {
  const family = new TestFamily({ name: "h", type: "histogram", buckets: [0.5, 1] });
  const exemplars = new Map([[0, EXEMPLAR], [1, { ...EXEMPLAR, timestamp: 0 }], [2, {
    ...EXEMPLAR,
    labels: {},
    value: 9,
  }]]);
  assertEquals(
    textOf(createOpenMetrics2Format(), [
      family.samples([1, 2, 1e6, 4], { exemplars, created: Float64Array.of(7) }),
    ]),
    "# TYPE h histogram\nh {count:1000000,sum:4,bucket:[0.5:1,1:2,+Inf:1000000]} st@7" +
      ' # {id="x"} 0.25 1520879607.789 # {} 9.0 1520879607.789\n# EOF\n',
  );
});

Deno.test("createOpenMetrics2Format() writes native buckets, with classic ones behind them", () => {
  const native = {
    schema: 7,
    zeroThreshold: 1e-4,
    zeroCount: 0,
    count: 59,
    sum: 120,
    negativeKeys: Int32Array.of(1, 2),
    negativeCounts: Float64Array.of(5, 7),
    positiveKeys: Int32Array.of(-1, 0, 4, 5, 6, 7),
    positiveCounts: Float64Array.of(5, 7, 10, 9, 8, 8),
    exemplars: [EXEMPLAR],
  };
  const parts = {
    native: { schema: 7, zeroThreshold: 1e-4, maxBuckets: 160, maxZeroThreshold: 0, minResetSeconds: 0 },
  };
  const only = new TestFamily({ name: "h", type: "histogram", ...parts }).samples([59, 120], {
    natives: [native],
  });
  const both = new TestFamily({ name: "i", type: "histogram", buckets: [1], ...parts }).samples(
    [3, 59, 120],
    { natives: [native] },
  );
  const value =
    "count:59,sum:120,schema:7,zero_threshold:0.0001,zero_count:0,negative_spans:[1:2],negative_buckets:[5,7]," +
    "positive_spans:[-1:2,3:4],positive_buckets:[5,7,10,9,8,8]";
  const exemplar = ' # {id="x"} 0.25 1520879607.789';
  assertEquals(
    textOf(createOpenMetrics2Format(), [only, both]),
    `# TYPE h histogram\nh {${value}}${exemplar}\n# TYPE i histogram\ni {${value},bucket:[1:3,+Inf:59]}${exemplar}\n# EOF\n`,
  );
});

Deno.test("createOpenMetrics2Format() notices native buckets that change while count and sum stay", () => {
  const base = {
    schema: 0,
    zeroThreshold: 0,
    zeroCount: 0,
    count: 1,
    sum: 1,
    negativeKeys: new Int32Array(),
    negativeCounts: new Float64Array(),
    positiveCounts: Float64Array.of(1),
    exemplars: [],
  };
  const parts = {
    native: { schema: 7, zeroThreshold: 1e-4, maxBuckets: 160, maxZeroThreshold: 0, minResetSeconds: 0 },
  };
  const family = new TestFamily({ name: "h", type: "histogram", ...parts });
  const format = createOpenMetrics2Format();
  const scrape = (key: number) =>
    textOf(format, [family.samples([1, 1], { natives: [{ ...base, positiveKeys: Int32Array.of(key) }] })]);
  assertEquals(scrape(0).includes("positive_spans:[0:1]"), true);
  assertEquals(scrape(5).includes("positive_spans:[5:1]"), true);
});

Deno.test("createOpenMetrics2Format() writes gauge histograms and summaries as one value", () => {
  const families = [
    new TestFamily({ name: "build", type: "info" }).samples([1]),
    new TestFamily({ name: "g", type: "gaugehistogram", buckets: [1] }).samples([1, 2, 3.5], {
      created: Float64Array.of(7),
    }),
    new TestFamily({ name: "s", type: "summary", quantiles: [0.5] }).samples([NaN, 3, 1]),
    new TestFamily({ name: "t", type: "summary", labelNames: ["a"] }, [["1"], ["2"]]).samples([1, 2, 3, 4], {
      created: Float64Array.of(0, 7),
    }),
  ];
  assertEquals(
    textOf(createOpenMetrics2Format(), families),
    "# TYPE build_info info\nbuild_info 1.0\n# TYPE g gaugehistogram\ng {gcount:2,gsum:3.5,bucket:[1:1,+Inf:2]}\n" +
      "# TYPE s summary\ns {count:1,sum:3,quantile:[0.5:NaN]}\n" +
      '# TYPE t summary\nt{a="1"} {count:2,sum:1,quantile:[]}\nt{a="2"} {count:4,sum:3,quantile:[]} st@7\n# EOF\n',
  );
});
