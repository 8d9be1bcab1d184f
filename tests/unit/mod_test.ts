/** Every name that the package offers at run time, by entry point: nothing is added or lost unseen. */
import { assertEquals } from "@std/assert";
import * as core from "promslab";
import * as cli from "promslab/cli";
import * as compat from "promslab/compat";
import * as dashboard from "promslab/dashboard";
import * as exposition from "promslab/exposition";
import * as llm from "promslab/llm";
import * as testing from "promslab/testing";

const NAMES: Readonly<Record<string, readonly string[]>> = {
  ".": [
    "Collector",
    "Commit",
    "Counter",
    "DEFAULT_BUCKETS",
    "DuplicateFamilyError",
    "Gauge",
    "GaugeHistogram",
    "Histogram",
    "Info",
    "OtlpExporter",
    "Pushgateway",
    "Registry",
    "SlabError",
    "StartError",
    "StateSet",
    "StepContributor",
    "StepHistogram",
    "StepHistogramChild",
    "StepRing",
    "Summary",
    "UpgradeError",
    "collectRuntimeMetrics",
    "createControl",
    "createMetricsHandler",
    "createNodeMetricsHandler",
    "createSlab",
    "createSnapshotHandler",
    "createStepRing",
    "defaultRegistry",
    "exponentialBuckets",
    "exponentialBucketsRange",
    "expressMetrics",
    "fastifyMetrics",
    "honoMetrics",
    "linearBuckets",
    "measureFetch",
    "oakMetrics",
    "parallel",
    "serve",
    "snapshot",
    "writeTextfile",
  ],
  "./cli": ["main"],
  "./compat": [
    "AggregatorRegistry",
    "ClusterRegistry",
    "Counter",
    "Gauge",
    "Histogram",
    "Pushgateway",
    "Registry",
    "Summary",
    "WorkerRegistry",
    "aggregators",
    "collectDefaultMetrics",
    "contentType",
    "default",
    "exponentialBuckets",
    "linearBuckets",
    "openMetricsContentType",
    "prometheusContentType",
    "register",
    "validateMetricName",
  ],
  "./dashboard": [
    "createDashboard",
    "dashboardRoutes",
  ],
  "./exposition": [
    "ESCAPING_SCHEMES",
    "FINDING_CODES",
    "FORMAT_NAMES",
    "FamilyCensus",
    "FormatSet",
    "LINT_CODES",
    "checkExposition",
    "createFormat",
    "createOpenMetrics2Format",
    "createOpenMetricsFormat",
    "createProtobufFormat",
    "createTextFormat",
    "lintFamilies",
    "negotiate",
    "negotiateEncoding",
    "parseExposition",
    "parseProtobuf",
  ],
  "./llm": [
    "serveLlm",
  ],
  "./testing": [
    "FINDING_CODES",
    "SampleRecorder",
    "checkExposition",
    "clearMetrics",
    "getSampleValue",
    "readSamples",
    "sampleText",
    "watchSamples",
  ],
};

const MODULES: Readonly<Record<string, object>> = {
  ".": core,
  "./cli": cli,
  "./compat": compat,
  "./dashboard": dashboard,
  "./exposition": exposition,
  "./llm": llm,
  "./testing": testing,
};

Deno.test("the package has these entry points and no other", () => {
  const { exports } = JSON.parse(Deno.readTextFileSync(new URL("../../deno.json", import.meta.url)));
  assertEquals(Object.keys(exports), Object.keys(NAMES));
});

for (const [entry, names] of Object.entries(NAMES)) {
  Deno.test(`promslab${entry.slice(1)} offers exactly this`, () => {
    assertEquals(Object.keys(MODULES[entry]).sort(), names);
  });
}
