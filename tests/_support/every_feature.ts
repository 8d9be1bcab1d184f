/**
 * One scrape that uses every feature of every format, with names that all of them take as they are.
 *
 * @module
 */
import type { Exemplar, FamilySamples } from "../../src/model/samples.ts";
import { TestFamily } from "./sample_blocks.ts";

/** What an exemplar of {@linkcode everyFeature} is known by. */
export const TRACE_ID = "4bf92f3577b34da6";

/** The scrape, with exemplars of the given moment and series that began to count a minute before. */
export function everyFeature(nowSeconds: number): FamilySamples[] {
  const exemplar = (value: number): Exemplar => ({
    labels: { trace_id: TRACE_ID },
    value,
    timestamp: nowSeconds,
  });
  const created = (seriesCount: number) => new Float64Array(seriesCount).fill(nowSeconds - 60);
  const native = {
    schema: 3,
    zeroThreshold: 2 ** -128,
    maxBuckets: 160,
    maxZeroThreshold: 0,
    minResetSeconds: 0,
  };
  return [
    new TestFamily({ name: "build_info", help: "Which build runs.", type: "info", labelNames: ["version"] }, [
      ["1.2\\3"],
    ])
      .samples([1]),
    new TestFamily({ name: "feature", help: "What is on.", type: "stateset", states: ["fast", "safe"] })
      .samples([1, 0]),
    new TestFamily(
      {
        name: "items_total",
        help: 'Items, "seen"\nor not.',
        type: "counter",
        exemplars: true,
        labelNames: ["kind"],
        constLabels: { zone: "a" },
      },
      [['quote " backslash \\ newline \n'], ["ü 🦕"]],
    ).samples([123_456_789, 0.1 + 0.2], { exemplars: new Map([[0, exemplar(3)]]), created: created(2) }),
    new TestFamily(
      {
        name: "latency_seconds",
        help: "Time.",
        type: "histogram",
        unit: "seconds",
        buckets: [0.1, 1, 2.5, 1e6],
        exemplars: true,
      },
    ).samples([1, 3, 4, 4, 5, 17.25], {
      exemplars: new Map([[1, exemplar(0.75)], [4, exemplar(2e6)]]),
      created: created(1),
    }),
    new TestFamily({
      name: "queue_bytes",
      help: "What waits.",
      type: "gaugehistogram",
      unit: "bytes",
      buckets: [1024],
    })
      .samples([1, 2, 4096]),
    new TestFamily({ name: "size_bytes", help: "Sizes.", type: "histogram", unit: "bytes", native }).samples([
      9,
      4.5,
    ], {
      created: created(1),
      natives: [{
        schema: 3,
        zeroThreshold: 2 ** -128,
        zeroCount: 2,
        count: 9,
        sum: 4.5,
        negativeKeys: Int32Array.of(0, 15),
        negativeCounts: Float64Array.of(1, 1),
        positiveKeys: Int32Array.of(-8, 0, 8, 9, 12),
        positiveCounts: Float64Array.of(1, 1, 1, 1, 1),
        exemplars: [exemplar(0.5)],
      }],
    }),
    new TestFamily({
      name: "temperature_celsius",
      help: "Warmth.",
      type: "gauge",
      unit: "celsius",
      labelNames: ["sensor"],
    }, [
      ["inside"],
      ["outside"],
      ["broken"],
    ]).samples([21.5, -Infinity, NaN]),
    new TestFamily({
      name: "turnaround_seconds",
      help: "Time.",
      type: "summary",
      unit: "seconds",
      quantiles: [0.5, 0.99],
    })
      .samples([0.25, NaN, 12.5, 40], { created: created(1) }),
    new TestFamily({ name: "whatever", help: "Nobody knows.", type: "unknown", labelNames: ["none"] }, [])
      .samples([]),
  ];
}
