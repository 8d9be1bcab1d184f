/**
 * The samples of a scrape as tests want them: by name and labels.
 *
 * @module
 */
// CONTROL PLANE
import type { Descriptor } from "../model/descriptor.ts";
import type { FamilySamples, SampleSink } from "../model/samples.ts";
import { escapeQuoted } from "../exposition/escape_text.ts";
import { formatFloat } from "../exposition/number_writer.ts";
import { sampleLines } from "../exposition/sample_lines.ts";

/** One value line of a scrape. */
export interface Sample {
  /** The sample's name, such as `x_total`, `x_bucket`, `x_sum`. */
  readonly name: string;
  /** Label values by name, `le`, `quantile` and constant labels among them; empty values left out. */
  readonly labels: Readonly<Record<string, string>>;
  /** What the line says. */
  readonly value: number;
}

/**
 * Keeps all samples of one scrape.
 *
 * @example The samples of a scrape
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Collector, Counter, Registry } from "promslab";
 * import { SampleRecorder } from "promslab/testing";
 *
 * const registry = new Registry();
 * new Counter({ name: "jobs_total", help: "Jobs.", registry }).inc();
 * const recorder = new SampleRecorder();
 * for (const block of new Collector(registry).blocks()) recorder.samples(block);
 * assertEquals(recorder.samplesSeen[0].name, "jobs_total");
 * ```
 */
export class SampleRecorder implements SampleSink {
  /** In the order of the scrape. */
  readonly samplesSeen: Sample[] = [];

  samples({ descriptor, block, stride, values }: FamilySamples): void {
    const lines = linesOf(descriptor);
    block.series.forEach((labelValues, i) => {
      const own = block.labelNames.map((name, j) => [name, labelValues[j]]);
      const labels = Object.fromEntries(
        [...own, ...Object.entries(descriptor.constLabels)].filter(([, value]) => value !== ""),
      );
      for (const { name, label, column } of lines) {
        this.samplesSeen.push({
          name,
          labels: label === undefined ? labels : { ...labels, [label[0]]: label[1] },
          value: values[i * stride + column],
        });
      }
    });
  }
}

/**
 * How a sample is written in the text format, labels sorted by name.
 *
 * @example As in the text format
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { sampleText } from "promslab/testing";
 *
 * assertEquals(sampleText({ name: "jobs_total", labels: { queue: "a" } }), 'jobs_total{queue="a"}');
 * ```
 */
export function sampleText({ name, labels }: Pick<Sample, "name" | "labels">): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => a < b ? -1 : 1)
    .map(([label, value]) => `${label}="${escapeQuoted(value)}"`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(",")}}`;
}

const noWriter = () => {};

function linesOf(descriptor: Descriptor): ReturnType<typeof sampleLines> {
  const { name, type } = descriptor;
  return sampleLines(descriptor, {
    name: type === "info" && !name.endsWith("_info") ? `${name}_info` : name,
    stateLabel: name,
    escaping: "allow-utf-8",
    float: noWriter,
    total: noWriter,
    count: noWriter,
    bucket: noWriter,
    formatBound: formatFloat,
    sumAndCount: type === "gaugehistogram" ? ["_gsum", "_gcount"] : ["_sum", "_count"],
  });
}
