import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { checkExposition } from "../../src/exposition/check/check.ts";
import { exemplarCodePoints } from "../../src/exposition/exemplar_text.ts";
import { createFormat } from "../../src/exposition/negotiate.ts";
import { parseExposition } from "../../src/exposition/check/parse_exposition.ts";
import { parseProtobuf, type ProtobufMetric } from "../../src/exposition/check/parse_protobuf.ts";
import type { ParsedSample } from "../../src/exposition/check/parsed.ts";
import type { Descriptor } from "../../src/model/descriptor.ts";
import type { MetricType } from "../../src/model/metric_type.ts";
import type { FamilySamples } from "../../src/model/samples.ts";
import {
  type ExpectedSample,
  expectedSamples,
  type ExpectedStyle,
  labelsOf,
  OPENMETRICS_STYLE,
  TEXT_STYLE,
} from "../_support/expected_samples.ts";
import { parseOpenMetrics2 } from "../_support/parse_openmetrics2.ts";
import { testProperty } from "../_support/property.ts";
import { labelValues, numbers, randomFamilies, randomScrape } from "../_support/random_families.ts";
import { bytesOf, TestFamily } from "../_support/sample_blocks.ts";

const scrape = randomFamilies({ utf8Names: true, natives: true }).chain((families) => randomScrape(families));

/** What both sides agree on: the sign of zero is not shown, and long exemplars are dropped. */
function comparable(sample: ExpectedSample | ParsedSample): unknown {
  const { exemplar } = sample;
  const exemplarLabels = exemplar &&
    (exemplar.labels instanceof Map ? Object.fromEntries(exemplar.labels) : { ...exemplar.labels });
  const isShown = exemplarLabels !== undefined && exemplarCodePoints(exemplarLabels) <= 128;
  return {
    name: sample.name,
    labels: sample.labels instanceof Map ? Object.fromEntries(sample.labels) : sample.labels,
    value: sample.value + 0,
    exemplar: isShown ? [exemplarLabels, exemplar!.value + 0, exemplar!.timestamp] : undefined,
  };
}

function testLines(dialect: "text" | "openmetrics", style: ExpectedStyle): void {
  testProperty(
    `createFormat() of ${dialect} shows every sample, and nothing that checkExposition() objects to`,
    fc.property(scrape, (scrape) => {
      const body = bytesOf(createFormat({ name: dialect, escaping: "allow-utf-8" }), scrape);
      const parsed = parseExposition(body, dialect).flatMap(({ samples }) => samples);
      assertEquals(parsed.map(comparable), expectedSamples(scrape, style).map(comparable));
      // Random exemplars do not know the bounds of the buckets that they are put on.
      const findings = checkExposition(body, dialect).filter(({ code }) =>
        code !== "exemplar-outside-bucket"
      );
      assertEquals(findings, []);
    }),
    { runs: 200 },
  );
}

testLines("text", TEXT_STYLE);
testLines("openmetrics", OPENMETRICS_STYLE);

testProperty(
  "createFormat() of openmetrics2 shows every value",
  fc.property(scrape, (scrape) => {
    const body = bytesOf(createFormat({ name: "openmetrics2", escaping: "allow-utf-8" }), scrape);
    assertEquals(parseOpenMetrics2(new TextDecoder().decode(body)), expectedLines2(scrape));
  }),
  { runs: 200 },
);

/** The lines of OpenMetrics 2.0: one for each series, of statesets one for each state. */
function expectedLines2(scrape: readonly FamilySamples[]): unknown[] {
  return scrape.flatMap((samples) =>
    samples.block.series.flatMap((_, series): unknown[] => {
      const { descriptor: { name, type, states, buckets, quantiles }, values, stride, created } = samples;
      const at = (column: number) => values[series * stride + column] + 0;
      const labels = labelsOf(samples, series);
      const start = (type === "counter" || type === "histogram" || type === "summary") && created?.[series]
        ? created[series]
        : undefined;
      if (type === "stateset") {
        return states.map((state, i) => ({
          name,
          labels: { ...labels, [name]: state },
          value: at(i),
          start: undefined,
        }));
      }
      if (type === "summary") {
        const fields = {
          count: at(quantiles.length + 1),
          sum: at(quantiles.length),
          quantile: quantiles.map((quantile, i) => [quantile, at(i)]),
        };
        return [{ name, labels, value: fields, start }];
      }
      if (type !== "histogram" && type !== "gaugehistogram") return [{ name, labels, value: at(0), start }];
      const native = samples.natives?.[series];
      const fields = {
        count: at(buckets.length),
        sum: at(buckets.length + 1),
        ...(native &&
          { schema: native.schema, zero_threshold: native.zeroThreshold, zero_count: native.zeroCount }),
        ...(native && native.negativeKeys.length > 0 &&
          { negative: countsByKey(native.negativeKeys, native.negativeCounts) }),
        ...(native && native.positiveKeys.length > 0 &&
          { positive: countsByKey(native.positiveKeys, native.positiveCounts) }),
        ...((native === undefined || buckets.length > 0) &&
          { bucket: [...buckets, Infinity].map((bound, i) => [bound, at(i)]) }),
      };
      return [{ name, labels, value: fields, start }];
    })
  );
}

function countsByKey(keys: Int32Array, counts: Float64Array): Record<string, number> {
  return Object.fromEntries([...keys].map((key, i) => [key, counts[i]]));
}

testProperty(
  "createFormat() of protobuf shows every metric",
  fc.property(scrape, (scrape) => {
    const body = bytesOf(createFormat({ name: "protobuf", escaping: "allow-utf-8" }), scrape);
    const metrics = parseProtobuf(body).flatMap(({ name, help, type, metrics }) =>
      metrics.map((metric) => ({ family: [name, help, type], ...plainMetric(metric) }))
    );
    assertEquals(metrics, scrape.flatMap(expectedMetrics));
  }),
  { runs: 200 },
);

function plainMetric(
  { labels, value, count, sum, quantiles, buckets, native, startTimestamp }: ProtobufMetric,
): object {
  const nonZero = (counts: ReadonlyMap<number, number>) =>
    Object.fromEntries([...counts].filter(([, count]) => count > 0));
  return {
    labels: Object.fromEntries(labels),
    value,
    count,
    sum,
    quantiles: quantiles && [...quantiles],
    buckets: buckets && buckets.filter(({ upperBound }) => upperBound < Infinity)
      .map(({ upperBound, cumulativeCount }) => [upperBound, cumulativeCount]),
    native: native &&
      {
        ...native,
        positive: nonZero(native.positive),
        negative: nonZero(native.negative),
        exemplars: native.exemplars.length,
      },
    startTimestamp,
  };
}

function expectedMetrics(samples: FamilySamples): object[] {
  const { descriptor: { name, help, type, states, buckets, quantiles }, values, stride, created, natives } =
    samples;
  const family = [name, help, protobufType(samples.descriptor)];
  const nothing = {
    value: undefined,
    count: undefined,
    sum: undefined,
    quantiles: undefined,
    buckets: undefined,
    native: undefined,
    startTimestamp: undefined,
  };
  return samples.block.series.flatMap((_, series): object[] => {
    const at = (column: number) => values[series * stride + column];
    const metric = { ...nothing, family, labels: labelsOf(samples, series) };
    const startTimestamp = type !== "gauge" && created?.[series] ? created[series] : undefined;
    switch (type) {
      case "stateset":
        return states.map((state, i) => ({
          ...metric,
          labels: { ...metric.labels, [name]: state },
          value: at(i),
        }));
      case "counter":
        return [{ ...metric, value: at(0), startTimestamp }];
      case "summary":
        return [{
          ...metric,
          quantiles: quantiles.map((quantile, i) => [quantile, at(i)]),
          sum: at(quantiles.length),
          count: at(quantiles.length + 1),
          startTimestamp,
        }];
      case "histogram":
      case "gaugehistogram": {
        const native = natives?.[series];
        return [{
          ...metric,
          count: at(buckets.length),
          sum: at(buckets.length + 1),
          buckets: buckets.map((bound, i) => [bound, at(i)]),
          native: native && {
            schema: native.schema,
            zeroThreshold: native.zeroThreshold,
            zeroCount: native.zeroCount,
            positive: countsByKey(native.positiveKeys, native.positiveCounts),
            negative: countsByKey(native.negativeKeys, native.negativeCounts),
            exemplars: native.exemplars.length,
          },
          startTimestamp: type === "histogram" ? startTimestamp : undefined,
        }];
      }
      default:
        return [{ ...metric, value: at(0) }];
    }
  });
}

/** What stands for types that the binary format or its readers lack. */
function protobufType({ type, native }: Descriptor): MetricType {
  if (type === "info" || type === "stateset") return "gauge";
  return type === "gaugehistogram" && native === undefined ? "histogram" : type;
}

const STRINGS = 500;

testProperty(
  `createFormat() brings ${STRINGS} label strings and values a case through text, OpenMetrics and protobuf`,
  fc.property(
    fc.uniqueArray(fc.tuple(labelValues, numbers), {
      selector: ([label]) => label,
      minLength: STRINGS,
      maxLength: STRINGS,
      size: "max",
    }),
    (pairs) => {
      const family = new TestFamily(
        { name: "g", type: "gauge", labelNames: ["a"] },
        pairs.map(([label]) => [label]),
      );
      const scrape = [family.samples(pairs.map(([, value]) => value))];
      for (const dialect of ["text", "openmetrics"] as const) {
        const [parsed] = parseExposition(
          bytesOf(createFormat({ name: dialect, escaping: "underscores" }), scrape),
          dialect,
        );
        assertEquals(
          parsed.samples.map(({ labels, value }) => [labels.get("a"), value]),
          pairs.map(([label, value]) => [label, value + 0]),
        );
      }
      const [parsed] = parseProtobuf(
        bytesOf(createFormat({ name: "protobuf", escaping: "underscores" }), scrape),
      );
      assertEquals(parsed.metrics.map(({ labels, value }) => [labels.get("a"), value]), pairs);
    },
  ),
  { runs: 200 },
);
