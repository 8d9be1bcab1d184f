// needs: prometheus
/**
 * A real Prometheus scrapes every format that it knows, and its query API gives back the samples.
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { createFormat, type FormatName, negotiate } from "../../src/exposition/negotiate.ts";
import type { FamilySamples } from "../../src/model/samples.ts";
import { everyFeature, TRACE_ID } from "../_support/every_feature.ts";
import { expectedSamples, OPENMETRICS_STYLE, TEXT_STYLE } from "../_support/expected_samples.ts";
import {
  type InstantSeries,
  type Prometheus,
  type ScrapeJob,
  startPrometheus,
} from "../_support/prometheus.ts";
import { randomFamilies, randomScrape } from "../_support/random_families.ts";
import { bytesOf } from "../_support/sample_blocks.ts";
import { waitFor } from "../_support/wait_for.ts";

/** The formats that Prometheus 2.42 knows. */
const FORMATS = ["text", "openmetrics", "protobuf"] as const satisfies FormatName[];

/** Serves scrapes under `/FORMAT/NUMBER`, and under `/negotiated/NUMBER` in the format that is asked for. */
function serveScrapes(
  scrapes: () => readonly FamilySamples[][],
): Deno.HttpServer<Deno.NetAddr> & { accepts: string[] } {
  const accepts: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const [, name, number] = new URL(request.url).pathname.split("/");
    const accept = request.headers.get("accept") ?? "";
    accepts.push(accept);
    const what = name === "negotiated"
      ? negotiate(accept)
      : { name: name as FormatName, escaping: "underscores" as const };
    const format = createFormat(what);
    return new Response(bytesOf(format, scrapes()[Number(number)]), {
      headers: { "Content-Type": format.contentType },
    });
  });
  return Object.assign(server, { accepts });
}

/** What tells series apart in Prometheus: labels that are not empty, without those of the target. */
function keyOf(metric: Readonly<Record<string, string>>): string {
  const { job: _job, instance: _instance, ...labels } = metric;
  return JSON.stringify(
    Object.entries(labels).filter(([, value]) => value !== "").sort(([a], [b]) => a < b ? -1 : 1),
  );
}

/** A value as the query API shows it, without the sign of zero. */
function shown(value: string | number): string {
  const number = typeof value === "number" ? value : Number(value.replace("Inf", "Infinity"));
  return String(number + 0);
}

/** The series that Prometheus must have of a scrape: native histograms as count and sum, all else as values. */
function expectedSeries(scrape: readonly FamilySamples[], format: FormatName): Map<string, string> {
  const hasNatives = format === "protobuf";
  const style = format === "text" ? TEXT_STYLE : { ...OPENMETRICS_STYLE };
  const plain = scrape.filter(({ natives }) => !hasNatives || natives === undefined);
  // In the binary format a gauge histogram has the suffixes of a histogram.
  const suffixes = format === "protobuf" ? TEXT_STYLE.gaugeSuffixes : style.gaugeSuffixes;
  const series = new Map(
    expectedSamples(plain, { ...style, gaugeSuffixes: suffixes })
      .map(({ name, labels, value }) => [keyOf({ ...labels, __name__: name }), shown(value)]),
  );
  for (const { descriptor, block, natives } of hasNatives ? scrape : []) {
    natives?.forEach((native, i) => {
      const own = Object.fromEntries(block.labelNames.map((name, k) => [name, block.series[i][k]]));
      const key = keyOf({ ...descriptor.constLabels, ...own, __name__: descriptor.name });
      series.set(key, `count ${shown(native.count)} sum ${shown(native.sum)}`);
    });
  }
  return series;
}

function foundSeries(result: readonly InstantSeries[]): Map<string, string> {
  const own = /^(?:up|scrape_.*)$/;
  return new Map(
    result.filter(({ metric }) => !own.test(metric.__name__)).map(({ metric, value, histogram }) => [
      keyOf(metric),
      histogram === undefined
        ? shown(value![1])
        : `count ${shown(histogram[1].count)} sum ${shown(histogram[1].sum)}`,
    ]),
  );
}

function sorted(series: ReadonlyMap<string, string>): [string, string][] {
  return [...series].sort(([a], [b]) => a < b ? -1 : 1);
}

/** Waits until an expression gives something: a scrape shows in queries a moment after it ended. */
async function queryUntil(prometheus: Prometheus, expression: string): Promise<readonly InstantSeries[]> {
  return await waitFor(async () => {
    const result = await prometheus.query(expression);
    return result.length > 0 ? result : undefined;
  }, { what: expression, pauseMs: 50 });
}

Deno.test("Prometheus reads back every feature, in each format and in the one that it asks for", async () => {
  const nowSeconds = Math.floor(Date.now() / 1000) - 4.5;
  const scrape = everyFeature(nowSeconds);
  await using server = serveScrapes(() => [scrape]);
  const target = `127.0.0.1:${server.addr.port}`;
  const jobs = [...FORMATS, "negotiated"].map((name): ScrapeJob => ({ name, target, path: `/${name}/0` }));
  await using prometheus = await startPrometheus(jobs);
  assertEquals(await prometheus.scraped(), []);
  for (const format of FORMATS) {
    const found = foundSeries(await queryUntil(prometheus, `{job="${format}"}`));
    assertEquals(sorted(found), sorted(expectedSeries(scrape, format)), format);
  }
  // With native histograms on, Prometheus asks for the binary format first.
  assert(server.accepts[0].startsWith("application/vnd.google.protobuf"), server.accepts[0]);
  const negotiated = foundSeries(await queryUntil(prometheus, '{job="negotiated"}'));
  assertEquals(sorted(negotiated), sorted(expectedSeries(scrape, "protobuf")));
  await checkExemplars(prometheus, nowSeconds);
  const [native] = await queryUntil(prometheus, 'size_bytes{job="protobuf"}');
  // Left of zero two buckets, the zero bucket, and five right of it, each from bound to bound with its count.
  assertEquals(native.histogram![1].buckets?.map((bucket) => bucket.at(-1)), [
    "1",
    "1",
    "2",
    "1",
    "1",
    "1",
    "1",
    "1",
  ]);
});

/** The exemplars of the counter and of the buckets, as far as the format has them. */
async function checkExemplars(prometheus: Prometheus, nowSeconds: number): Promise<void> {
  interface ExemplarSeries {
    seriesLabels: Record<string, string>;
    exemplars: { labels: Record<string, string>; value: string; timestamp: number }[];
  }
  for (const format of ["openmetrics", "protobuf"]) {
    const series = await prometheus.api<ExemplarSeries[]>("query_exemplars", {
      query: `{job="${format}"}`,
      start: String(nowSeconds - 60),
      end: String(nowSeconds + 60),
    });
    const found = series.flatMap(({ seriesLabels: { __name__: name, le }, exemplars }) =>
      exemplars.map(({ labels, value, timestamp }) =>
        `${name} ${le ?? ""} ${labels.trace_id} ${value} ${timestamp.toFixed(2)}`
      )
    );
    const time = nowSeconds.toFixed(2);
    assertEquals(found.sort(), [
      `items_total  ${TRACE_ID} 3 ${time}`,
      `latency_seconds_bucket +Inf ${TRACE_ID} 2000000 ${time}`,
      `latency_seconds_bucket 1.0 ${TRACE_ID} 0.75 ${time}`,
    ], format);
  }
}

Deno.test("Prometheus reads back random families in each format", async () => {
  const seed = Number(Deno.env.get("PROMSLAB_SEED") ?? Date.now() % 2 ** 31);
  const scrapes = fc.sample(randomFamilies({ natives: true }).chain((families) => randomScrape(families)), {
    seed,
    numRuns: 30,
  });
  await using server = serveScrapes(() => scrapes);
  const target = `127.0.0.1:${server.addr.port}`;
  const jobs = scrapes.flatMap((_, i) =>
    FORMATS.map((format): ScrapeJob => ({ name: `${format}_${i}`, target, path: `/${format}/${i}` }))
  );
  await using prometheus = await startPrometheus(jobs);
  assertEquals(await prometheus.scraped(), [], `PROMSLAB_SEED=${seed}`);
  for (const [i, scrape] of scrapes.entries()) {
    for (const format of FORMATS) {
      const expected = expectedSeries(scrape, format);
      const found = await seriesOfScrape(prometheus, `${format}_${i}`, expected.size);
      assertEquals(sorted(found), sorted(expected), `${format} PROMSLAB_SEED=${seed}`);
    }
  }
});

/**
 * The series of a job whose latest scrape succeeded. On a busy machine one of them may run out of time, and until the
 * next one Prometheus shows none.
 */
async function seriesOfScrape(
  prometheus: Prometheus,
  job: string,
  count: number,
): Promise<Map<string, string>> {
  let found: Map<string, string>;
  await waitFor(async () => {
    await queryUntil(prometheus, `up{job="${job}"} == 1`);
    found = foundSeries(await prometheus.query(`{job="${job}"}`));
    return found.size > 0 || count === 0;
  }, { what: `the series of ${job}`, pauseMs: 50 });
  return found!;
}
