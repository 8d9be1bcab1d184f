/**
 * What a test asks of metrics: their values, and how they changed.
 *
 * @module
 */
// CONTROL PLANE
import { Collector } from "../collect/collector.ts";
import { formatFloat } from "../exposition/number_writer.ts";
import type { FamilySamples } from "../model/samples.ts";
import { SampleRecorder, sampleText } from "./sample_recorder.ts";

/** Where samples come from: a `Collector`. */
export interface SampleSource {
  /** The families as they are now. */
  blocks(): Iterable<FamilySamples>;
}

let ownCollector: Collector | undefined;

/** The collector of this thread's default registry. */
function defaultSource(): SampleSource {
  return ownCollector ??= new Collector();
}

function record(source: SampleSource = defaultSource()): SampleRecorder {
  const recorder = new SampleRecorder();
  for (const block of source.blocks()) recorder.samples(block);
  return recorder;
}

/** Which sample is meant, and where it is looked for. */
export interface SampleQuery {
  /**
   * The sample's labels, all of them but those that are empty: `le` and `quantile` too, as numbers or as they stand in
   * the text format.
   */
  readonly labels?: Readonly<Record<string, string | number | boolean>>;
  /** The collector. Default: one over this thread's default registry. */
  readonly source?: SampleSource;
}

/**
 * The value of one sample. No collect callback runs: call `prepare()` of the collector before where that matters.
 *
 * @param name the sample's name as it stands in a scrape: `x_total`, `x_bucket`, `x_sum`, `x_count`
 * @param query the sample's labels
 * @returns the value, or `undefined` if there is no such sample
 *
 * @example Asserting that code counts
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Counter } from "promslab";
 * import { getSampleValue } from "promslab/testing";
 *
 * const logins = new Counter({ name: "demo_logins_total", help: "Logins.", labelNames: ["result"] });
 * logins.inc({ result: "ok" });
 * assertEquals(getSampleValue("demo_logins_total", { labels: { result: "ok" } }), 1);
 * ```
 */
export function getSampleValue(name: string, query: SampleQuery = {}): number | undefined {
  const wanted = Object.fromEntries(
    Object.entries(query.labels ?? {}).map(([label, value]) => [label, labelText(label, value)])
      .filter(([, value]) => value !== ""),
  );
  const text = sampleText({ name, labels: wanted });
  return record(query.source).samplesSeen.find((sample) =>
    sample.name === name && sampleText(sample) === text
  )?.value;
}

/** A bound is given as a number, or as its text in either format. */
function labelText(label: string, value: string | number | boolean): string {
  if ((label === "le" || label === "quantile") && !Number.isNaN(Number(value))) {
    return formatFloat(Number(value));
  }
  return String(value);
}

/**
 * All samples by their text, such as `x_total{method="GET"}` with labels sorted by name.
 *
 * @param source the collector; by default one over this thread's default registry
 *
 * @example All samples of a registry
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Collector, Counter, Registry } from "promslab";
 * import { readSamples } from "promslab/testing";
 *
 * const registry = new Registry();
 * new Counter({ name: "jobs_total", help: "Jobs.", registry }).inc(2);
 * assertEquals(readSamples(new Collector(registry)).get("jobs_total"), 2);
 * ```
 */
export function readSamples(source?: SampleSource): Map<string, number> {
  return new Map(record(source).samplesSeen.map((sample) => [sampleText(sample), sample.value]));
}

/**
 * Watches samples: what changed since the call, or since the last look.
 *
 * @param source the collector; by default one over this thread's default registry
 * @returns a look: by sample text, how much each has grown; a new sample grows from 0, one that vanished shrinks to it
 *
 * @example Everything that one call counts, and nothing else
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Counter } from "promslab";
 * import { watchSamples } from "promslab/testing";
 *
 * const mails = new Counter({ name: "demo_mails_total", help: "Mails sent.", labelNames: ["kind"] });
 * const changes = watchSamples();
 * mails.inc({ kind: "welcome" }, 2);
 * assertEquals(changes(), { 'demo_mails_total{kind="welcome"}': 2 });
 * assertEquals(changes(), {});
 * ```
 */
export function watchSamples(source?: SampleSource): () => Record<string, number> {
  let before = readSamples(source);
  return () => {
    const after = readSamples(source);
    const changes: Record<string, number> = {};
    for (const text of new Set([...before.keys(), ...after.keys()])) {
      const from = before.get(text) ?? 0;
      const to = after.get(text) ?? 0;
      if (!Object.is(from, to) && !(from === 0 && to === 0)) changes[text] = to - from;
    }
    before = after;
    return changes;
  };
}
