/**
 * A line from time to time on what the server does, over all of its workers and engines.
 *
 * @module
 */
import type { FamilySamples } from "../../model/samples.ts";

/** The counters whose growth is told, and the gauges. */
const COUNTERS = {
  computed: "vllm:prompt_tokens_by_source_total",
  prompt: "vllm:prompt_tokens_total",
  generation: "vllm:generation_tokens_total",
  queries: "vllm:prefix_cache_queries_total",
  hits: "vllm:prefix_cache_hits_total",
  preemptions: "vllm:num_preemptions_total",
} as const;
const GAUGES = {
  running: "vllm:num_requests_running",
  waiting: "vllm:num_requests_waiting",
  kvUsage: "vllm:kv_cache_usage_perc",
} as const;

type Values = Record<keyof typeof COUNTERS | keyof typeof GAUGES, number> & { engines: number };

/** Writes the line. Main thread only. */
export class StatsLog {
  #last: { readonly values: Values; readonly timeMs: number } | undefined;

  /** The line for the time since the last call; undefined if nothing happened, or at the first call. */
  line(families: Iterable<FamilySamples>, nowMs: number): string | undefined {
    const values = read(families);
    const last = this.#last;
    this.#last = { values, timeMs: nowMs };
    if (last === undefined) return undefined;
    const seconds = (nowMs - last.timeMs) / 1000;
    const grown = (name: keyof typeof COUNTERS) => values[name] - last.values[name];
    const idle = grown("prompt") === 0 && grown("generation") === 0 && values.running + values.waiting === 0;
    if (idle && last.values.running + last.values.waiting === 0) return undefined;
    const parts = [
      // A gateway does not know which tokens its upstreams had to compute.
      `prompt ${(grown(values.engines > 0 ? "computed" : "prompt") / seconds).toFixed(1)} tokens/s`,
      `generation ${(grown("generation") / seconds).toFixed(1)} tokens/s`,
      `running ${values.running}`,
      `waiting ${values.waiting}`,
    ];
    if (grown("preemptions") > 0) parts.push(`preemptions ${grown("preemptions")}`);
    if (values.engines > 0) parts.push(`KV cache ${(100 * values.kvUsage / values.engines).toFixed(1)} %`);
    if (grown("queries") > 0) {
      parts.push(`prefix hits ${(100 * grown("hits") / grown("queries")).toFixed(1)} %`);
    }
    return parts.join(", ");
  }
}

function read(families: Iterable<FamilySamples>): Values {
  const values: Values = {
    computed: 0,
    prompt: 0,
    generation: 0,
    queries: 0,
    hits: 0,
    preemptions: 0,
    running: 0,
    waiting: 0,
    kvUsage: 0,
    engines: 0,
  };
  const names = new Map<string, keyof typeof COUNTERS | keyof typeof GAUGES>();
  for (const [key, name] of Object.entries({ ...COUNTERS, ...GAUGES })) {
    names.set(name, key as keyof typeof GAUGES);
  }
  for (const { descriptor, block, values: samples } of families) {
    const key = names.get(descriptor.name);
    if (key === undefined) continue;
    const source = block.labelNames.indexOf("source");
    for (let i = 0; i < block.series.length; i++) {
      if (source < 0 || block.series[i][source] === "local_compute") values[key] += samples[i];
    }
    if (key === "kvUsage") values.engines += block.series.length;
  }
  return values;
}
