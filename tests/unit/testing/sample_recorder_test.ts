import { assertEquals } from "@std/assert";
import { SampleRecorder, sampleText } from "../../../src/testing/sample_recorder.ts";
import { TestFamily } from "../../_support/sample_blocks.ts";

Deno.test("SampleRecorder.samples() names the samples of every type", () => {
  const recorder = new SampleRecorder();
  recorder.samples(new TestFamily({ name: "s", type: "summary", quantiles: [0.5] }).samples([1, 30, 4]));
  recorder.samples(new TestFamily({ name: "i", type: "info", labelNames: ["v"] }, [["2"]]).samples([1]));
  recorder.samples(new TestFamily({ name: "t", type: "stateset", states: ["on", "off"] }).samples([0, 1]));
  recorder.samples(new TestFamily({ name: "g", type: "gaugehistogram", buckets: [1] }).samples([1, 3, -2]));
  assertEquals(recorder.samplesSeen.map((sample) => `${sampleText(sample)} ${sample.value}`), [
    's{quantile="0.5"} 1',
    "s_sum 30",
    "s_count 4",
    'i_info{v="2"} 1',
    't{t="on"} 0',
    't{t="off"} 1',
    'g_bucket{le="1"} 1',
    'g_bucket{le="+Inf"} 3',
    "g_gsum -2",
    "g_gcount 3",
  ]);
});

Deno.test("sampleText() sorts labels and escapes their values", () => {
  assertEquals(sampleText({ name: "x", labels: {} }), "x");
  assertEquals(sampleText({ name: "x", labels: { b: '"', a: "\\\n" } }), 'x{a="\\\\\\n",b="\\""}');
});
