/**
 * What the project wants to reach, and whether a result reaches it.
 *
 * @module
 */
import type { Result, Row } from "../runner/result.ts";
import { advantage, best, median } from "../runner/statistics.ts";
import { formatFigure, formatTimes } from "./figures.ts";
import { findRow, findRows, type Query } from "./lookup.ts";
import { noSlowerThan, PEERS, REPLACED } from "./peer_goals.ts";

/** What a result says about one goal. */
export interface Verdict {
  readonly goal: string;
  /** What was measured; empty if nothing was. */
  readonly measured: string;
  readonly verdict: "reached" | "missed" | "not measured";
  /** If it was missed: the decision that says why, in `docs/decisions`. */
  readonly decision?: string;
}

type Rows = Pick<Result, "rows">;
/** One condition of a goal: what was measured and whether it suffices, or undefined without measurement. */
type Condition = (
  result: Rows,
) => { readonly text: string; readonly reached: boolean } | undefined;

/** What is wanted of a result. */
interface Goal {
  readonly goal: string;
  readonly conditions: readonly Condition[];
  /** The decision that says why it may be missed, in `docs/decisions`. */
  readonly decision?: string;
}

const PROM_CLIENT = "prom-client";
const PROM_CLIENT_CLUSTER = "prom-client cluster";
const CLIENT_GOLANG = "client_golang";

/** Rows of promslab in Deno and of a peer for the same work, if both were measured. */
function pairOf(result: Rows, query: Query, peer: Query): { own: Row; other: Row } | undefined {
  const own = findRow(result, { subject: "promslab", runtime: "deno", ...query });
  const other = findRow(result, { ...query, ...peer });
  return own === undefined || other === undefined ? undefined : { own, other };
}

/** At least so many times as fast as a peer, by the best samples, in Deno. */
function timesBetter(query: Query, peer: Query, wanted: number): Condition {
  return (result) => {
    const pair = pairOf(result, query, peer);
    if (pair === undefined) return undefined;
    const { own, other } = pair;
    const times = advantage(own.samples, other.samples, own.better);
    const text = `${formatTimes(times.best)} (median ${formatTimes(times.median)}) ${other.subject}`;
    return { text, reached: times.best >= wanted };
  };
}

/** At most so many times the time of a peer. */
function timesAsLong(query: Query, peer: Query, allowed: number): Condition {
  return (result) => {
    const pair = pairOf(result, query, peer);
    if (pair === undefined) return undefined;
    const { own, other } = pair;
    const times = 1 / advantage(own.samples, other.samples, own.better).best;
    const text = `${times.toFixed(2)} times the time of ${other.subject}`;
    return { text, reached: times <= allowed };
  };
}

/** At least so many times as fast as the fastest of the JavaScript peers. */
function timesFastest(query: Query, wanted: number): Condition {
  return (result) => {
    const own = findRow(result, {
      subject: "promslab",
      runtime: "deno",
      ...query,
    });
    const peers = findRows(result, { ...query, runtime: "deno" })
      .filter(({ subject }) => !subject.startsWith("promslab"));
    if (own === undefined || peers.length === 0) return undefined;
    const fastest = peers.reduce((a, b) => best(a.samples) <= best(b.samples) ? a : b);
    const times = advantage(own.samples, fastest.samples, own.better).best;
    return {
      text: `${formatTimes(times)} ${fastest.subject}, the fastest`,
      reached: times >= wanted,
    };
  };
}

/** How much a figure grows between two sizes. */
function growth(
  query: Query,
  size: string,
  [from, to]: readonly [number, number],
  below: number,
): Condition {
  return (result) => {
    const at = (value: number): Row | undefined =>
      findRow(result, {
        subject: "promslab",
        runtime: "deno",
        ...query,
        sizes: { ...query.sizes, [size]: value },
      });
    const [small, large] = [at(from), at(to)];
    if (small === undefined || large === undefined) return undefined;
    const times = best(large.samples) / best(small.samples);
    const text = `${times.toFixed(1)} times (${formatFigure(best(small.samples))} -> ${
      formatFigure(best(large.samples))
    } ${small.unit})`;
    return { text, reached: times < below };
  };
}

/** At most such a part of another time of promslab. */
function ofOwn(query: Query, of: Query, part: number): Condition {
  return (result) => {
    const [own, other] = [query, of].map((one) =>
      findRow(result, { subject: "promslab", runtime: "deno", ...one })
    );
    if (own === undefined || other === undefined) return undefined;
    const times = best(own.samples) / best(other.samples);
    return { text: `${times.toFixed(2)} times the time of ${of.work}`, reached: times <= part };
  };
}

/** A figure of promslab that must not be above a bound. */
function atMost(query: Query, bound: number): Condition {
  return (result) => {
    const row = findRow(result, {
      subject: "promslab",
      runtime: "deno",
      ...query,
    });
    if (row === undefined) return undefined;
    const figure = Math.max(...row.samples);
    return {
      text: `${formatFigure(figure)} ${row.unit}`,
      reached: figure <= bound,
    };
  };
}

/** Tokens of a stream in the bench, over which what is recorded for a request is spread, and of an engine's step. */
const LLM_TOKENS = { request: 400, step: 100 } as const;
/** Tokens a second that a core is to serve. */
const LLM_TOKENS_PER_SECOND = 25_000;

const llm = (work: string, unit: string): Query => ({
  suite: "llm",
  work,
  unit,
  subject: "promslab",
  runtime: "deno",
});

/** The LLM server, engine included, by the processor time of its process. */
const llmRate: Condition = (result) => {
  const row = findRow(result, llm("server", "tokens/CPU s"));
  if (row === undefined) return undefined;
  const [most, middle] = [best(row.samples, "higher"), median(row.samples)];
  return {
    text: `${formatFigure(most)} tokens per second of a core (median ${formatFigure(middle)})`,
    reached: most >= LLM_TOKENS_PER_SECOND,
  };
};

/** What is recorded for a token, its share of a request and of a step included, of the time that it may take. */
const llmMetricsCost: Condition = (result) => {
  const [token, request, step] = ["token", "request", "step"].map((work) =>
    findRow(result, llm(`record_${work}`, "ns"))
  );
  if (token === undefined || request === undefined || step === undefined) return undefined;
  const share = (of: (samples: readonly number[]) => number) => {
    const nanoseconds = of(token.samples) + of(request.samples) / LLM_TOKENS.request +
      of(step.samples) / LLM_TOKENS.step;
    return nanoseconds * LLM_TOKENS_PER_SECOND / 1e9 * 100;
  };
  return {
    text: `${share(best).toFixed(2)} % (median ${share(median).toFixed(2)} %)`,
    reached: share(median) < 2,
  };
};

/** What a server takes when it is scraped, without what it takes when it is not. */
const llmScrapes: Condition = (result) => {
  const [busy, idle] = ["scrapes", "no_scrapes"].map((work) => findRow(result, llm(work, "% of a core")));
  if (busy === undefined || idle === undefined) return undefined;
  const net = busy.samples.map((share, round) => share - idle.samples[round]);
  const least = best(busy.samples) - best(idle.samples);
  return {
    text: `${least.toFixed(2)} % (median ${median(net).toFixed(2)} %)`,
    reached: least < 1 && median(net) < 1,
  };
};

const COUNTERS = {
  suite: "merge",
  work: "counter",
  sizes: { workers: 4, series: 10_000 },
  unit: "ms",
};
const HISTOGRAMS = {
  suite: "merge",
  work: "histogram",
  sizes: { workers: 4, series: 1000 },
  unit: "ms",
};
const RENDER = {
  suite: "render",
  work: "counter_changed",
  sizes: { series: 10_000 },
  unit: "ms",
};
const FOUR_SLABS = {
  suite: "render",
  work: "counter_slabs_changed",
  sizes: { slabs: 4, series: 100_000 },
  unit: "ms",
};
const micro = (work: string): Query => ({ suite: "micro", work });
const inDeno = (subject: string): Query => ({ subject, runtime: "deno" });
const golang: Query = { subject: CLIENT_GOLANG };

const GOALS: readonly Goal[] = [
  {
    goal:
      "bound `inc()` in Deno: >= 60x prom-client's child; at most 2x the time of client_golang's bound counter",
    conditions: [
      timesBetter(micro("counter_bound_64"), inDeno(PROM_CLIENT), 60),
      timesAsLong(micro("counter_bound_64"), golang, 2),
    ],
  },
  {
    goal: "bound `observe()`, 12 buckets: >= 15x prom-client's child; at most 1.2x client_golang's",
    conditions: [
      timesBetter(micro("histogram_bound_64"), inDeno(PROM_CLIENT), 15),
      timesAsLong(micro("histogram_bound_64"), golang, 1.2),
    ],
  },
  {
    goal: "`inc({3 labels})` over 64 combinations: >= 6x prom-client, >= 4x the fastest JavaScript peer",
    conditions: [
      timesBetter(micro("counter_object_64"), inDeno(PROM_CLIENT), 6),
      timesFastest(micro("counter_object_64"), 4),
    ],
    decision: "0031-label-sets-are-found-by-numbers.md",
  },
  {
    goal:
      "64 series: no operation takes more than 1.2 times what the fastest JavaScript peer takes, on any runtime",
    conditions: [noSlowerThan("promslab", PEERS, 1.2)],
  },
  {
    goal:
      "64 series: no operation of the compat entry is slower than prom-client's or its successor's, on any runtime",
    conditions: [noSlowerThan("promslab/compat", REPLACED, 1)],
    decision: "0034-confined-slabs.md",
  },
  {
    goal: "scrape of 4 workers x 10 000 counters: >= 100x prom-client's cluster, no work in the workers",
    conditions: [
      timesBetter(COUNTERS, { subject: PROM_CLIENT_CLUSTER }, 100),
      atMost({ ...COUNTERS, unit: "worker CPU ms" }, 0),
      atMost({ ...COUNTERS, unit: "message bytes" }, 0),
    ],
  },
  {
    goal: "scrape of 4 workers x 1 000 histograms of 12 buckets: >= 100x prom-client's cluster",
    conditions: [timesBetter(HISTOGRAMS, { subject: PROM_CLIENT_CLUSTER }, 100)],
  },
  {
    goal: "scrape time as workers grow 1 -> 64 at 10 000 series: less than 4x",
    conditions: [growth(
      {
        suite: "merge",
        work: "counter",
        unit: "ms",
        sizes: { series: 10_000 },
      },
      "workers",
      [1, 64],
      4,
    )],
    decision: "0033-scrapes-of-many-workers-wait-for-memory.md",
  },
  {
    goal: "render per series: at most 2.5x a native renderer of the same text",
    conditions: [timesAsLong(RENDER, { subject: "native reference" }, 2.5)],
  },
  {
    goal:
      "100 000 counters of 4 slabs: at most 2.5x a native renderer of the same; a fifth of that time where nothing changed",
    conditions: [
      timesAsLong(FOUR_SLABS, { subject: "native reference" }, 2.5),
      ofOwn({ ...FOUR_SLABS, work: "counter_slabs_unchanged" }, FOUR_SLABS, 0.2),
    ],
    decision: "0051-low-words-lie-together.md",
  },
  {
    goal: "one hung worker: scrape latency unchanged",
    conditions: [(result) => {
      const at = (work: string) =>
        findRow(result, {
          suite: "trouble",
          work,
          subject: "promslab",
          runtime: "deno",
          unit: "ms",
        });
      const [healthy, hung] = [at("healthy"), at("hung")];
      if (healthy === undefined || hung === undefined) return undefined;
      const times = best(hung.samples) / best(healthy.samples);
      return {
        text: `${times.toFixed(2)} times the latency without it`,
        reached: times < 1.5,
      };
    }],
  },
  {
    goal: "memory per counter series and worker: below 200 bytes in slab and writer's heap",
    conditions: [atMost({ suite: "memory", work: "counter_series", unit: "bytes" }, 200)],
  },
  {
    goal: "an update allocates nothing",
    conditions: [
      atMost(
        { suite: "memory", work: "garbage_counter_bound", unit: "bytes" },
        0.01,
      ),
      atMost({
        suite: "memory",
        work: "garbage_histogram_bound",
        unit: "bytes",
      }, 0.01),
      atMost(
        { suite: "memory", work: "garbage_counter_kept_object", unit: "bytes" },
        0.01,
      ),
    ],
  },
  {
    goal: "LLM server, 100 streams: >= 25 000 tokens a second of a core, with all metrics",
    conditions: [llmRate],
  },
  { goal: "LLM metrics: below 2 % of a core at 25 000 tokens a second", conditions: [llmMetricsCost] },
  {
    goal: "LLM server, 20 scrapes a second with a filter: below 1 % of a core",
    conditions: [llmScrapes],
    decision: "0042-scrapes-that-come-seldom.md",
  },
];

/** Judges all goals. A goal of several conditions is reached if all are, and measured if all were. */
export function judgeGoals(result: Rows): Verdict[] {
  return GOALS.map(({ goal, conditions, decision }) => {
    const found = conditions.map((condition) => condition(result));
    const measured = found.flatMap((one) => one === undefined ? [] : [one.text])
      .join("; ");
    if (found.some((one) => one?.reached === false)) {
      return { goal, measured, verdict: "missed", ...(decision === undefined ? {} : { decision }) };
    }
    if (found.some((one) => one === undefined)) {
      return { goal, measured, verdict: "not measured" };
    }
    return { goal, measured, verdict: "reached" };
  });
}
