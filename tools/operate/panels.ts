/**
 * What the dashboards show: rows of panels, each over families of the definitions.
 *
 * @module
 */
import type { CatalogFamily, FamilyGroup } from "../family_catalog.ts";
import { Expressions } from "./expressions.ts";

/** One line of a panel, or several that differ in labels. */
export interface Query {
  readonly expression: string;
  /** The legend; `{{label}}` stands for a label's value. */
  readonly legend: string;
}

/** A panel. */
export interface Panel {
  readonly title: string;
  /** A unit by Grafana's name for it. */
  readonly unit: string;
  readonly queries: readonly Query[];
  readonly kind?: "timeseries" | "heatmap" | "stat";
}

/** A dashboard. */
export interface Dashboard {
  readonly id: string;
  readonly title: string;
  /** Variables beside data source, job and instance: a label, and the series in which its values are looked up. */
  readonly variables: readonly { readonly label: string; readonly series: string }[];
  readonly rows: readonly { readonly title: string; readonly panels: readonly Panel[] }[];
}

const TARGETS = 'job=~"$job",instance=~"$instance"';
const QUANTILES = [0.5, 0.95, 0.99];

/** All dashboards. That of the pipeline is there if its families are. */
export function dashboards(groups: readonly FamilyGroup[]): Dashboard[] {
  const group = (...ids: string[]) => groups.filter(({ id }) => ids.includes(id));
  const pipeline = group("omni");
  return [
    httpDashboard(group("http_server")),
    workersDashboard(group("self", "process")),
    llmDashboard(group("vllm", "vllm_optional", "litellm")),
    ...(pipeline.length > 0 ? [pipelineDashboard(pipeline)] : []),
  ];
}

function httpDashboard(groups: readonly FamilyGroup[]): Dashboard {
  const q = new Expressions(groups, { matchers: TARGETS, range: "$__rate_interval" });
  const requests = "http_requests_total";
  const duration = "http_request_duration_seconds";
  return {
    id: "http",
    title: "promslab: HTTP",
    variables: [],
    rows: [{
      title: "Requests",
      panels: [
        panel("Requests by status", "reqps", [q.rate(requests, ["status"]), "{{status}}"]),
        panel("Requests by route", "reqps", [q.rate(requests, ["route"]), "{{route}}"]),
        panel("Share of errors (5xx)", "percentunit", [
          `${q.rate(requests, [], 'status=~"5.."')} / ${q.rate(requests)}`,
          "errors",
        ]),
        panel("In flight", "short", [
          q.gauge("http_requests_in_flight", { by: ["instance"] }),
          "{{instance}}",
        ]),
      ],
    }, {
      title: "Latency",
      panels: [
        quantiles(q, "Time to the last byte", duration),
        panel("95th percentile by route", "s", [q.quantile(0.95, duration, ["route"]), "{{route}}"]),
        {
          title: "Time to the last byte",
          unit: "s",
          kind: "heatmap",
          queries: [query(q.buckets(duration), "{{le}}")],
        },
        panel("Mean by instance", "s", [q.mean(duration, ["instance"]), "{{instance}}"]),
      ],
    }, {
      title: "Streams",
      panels: [
        quantiles(q, "Time to the first byte", "http_response_first_byte_seconds"),
        quantiles(q, "Duration of streams", "http_response_stream_duration_seconds"),
        panel("Streamed", "Bps", [q.rate("http_response_streamed_bytes_total", ["route"]), "{{route}}"]),
      ],
    }],
  };
}

function workersDashboard(groups: readonly FamilyGroup[]): Dashboard {
  const q = new Expressions(groups, { matchers: TARGETS, range: "$__rate_interval" });
  const fill = `${q.series("promslab_slab_used_bytes")} / ${q.series("promslab_slab_size_bytes")}`;
  return {
    id: "workers",
    title: "promslab: workers",
    variables: [],
    rows: [{
      title: "Workers",
      panels: [
        panel("Workers by state", "short", [q.gauge("promslab_workers", { by: ["state"] }), "{{state}}"]),
        panel("Restarts", "cps", [q.rate("promslab_worker_restarts_total", ["reason"]), "{{reason}}"]),
        panel("Oldest heartbeat", "s", [
          q.gauge("promslab_worker_heartbeat_age_seconds", { by: ["instance"], with: "max" }),
          "{{instance}}",
        ]),
        quantiles(q, "Event loop lag", "promslab_event_loop_lag_seconds"),
      ],
    }, {
      title: "Metrics",
      panels: [
        panel("Slab fill", "percentunit", [`max by (instance) (${fill})`, "{{instance}}"]),
        panel("Series", "short", [q.gauge("promslab_slab_series", { by: ["instance"] }), "{{instance}}"]),
        panel("Found no room", "cps", [q.rate("promslab_dropped_total", ["what"]), "{{what}}"]),
        panel(
          "Scrapes that made do",
          "cps",
          [q.rate("promslab_scrape_stale_children_total"), "children served with an earlier value"],
          [q.rate("promslab_bad_slabs_total"), "slabs refused or damaged"],
          [q.rate("promslab_conflicting_families_total"), "families in conflict"],
        ),
      ],
    }, {
      title: "Process",
      panels: [
        panel("Processors in use", "short", [
          q.rate("process_cpu_seconds_total", ["instance"]),
          "{{instance}}",
        ]),
        panel("Resident memory", "bytes", [
          q.gauge("process_resident_memory_bytes", { by: ["instance"] }),
          "{{instance}}",
        ]),
        panel("Heap used", "bytes", [
          q.gauge("nodejs_heap_size_used_bytes", { by: ["instance"] }),
          "{{instance}}",
        ]),
        panel("Garbage collection", "percentunit", [
          q.partRate("nodejs_gc_duration_seconds", "sum", ["kind"]),
          "{{kind}}",
        ]),
      ],
    }],
  };
}

function llmDashboard(groups: readonly FamilyGroup[]): Dashboard {
  const q = new Expressions(groups, {
    matchers: `${TARGETS},model_name=~"$model_name"`,
    range: "$__rate_interval",
  });
  const gateway = new Expressions(groups, { matchers: TARGETS, range: "$__rate_interval" });
  return {
    id: "llm",
    title: "promslab: LLM",
    variables: [{ label: "model_name", series: "vllm:num_requests_running" }],
    rows: [{
      title: "Tokens and latency",
      panels: [
        panel(
          "Tokens",
          "short",
          [q.rate("vllm:generation_tokens_total"), "generated"],
          [q.rate("vllm:prompt_tokens_total"), "prompt"],
        ),
        quantiles(q, "Time to the first token", "vllm:time_to_first_token_seconds"),
        quantiles(q, "Time between tokens", "vllm:inter_token_latency_seconds"),
        quantiles(q, "Time to the last token", "vllm:e2e_request_latency_seconds"),
      ],
    }, {
      title: "Engine",
      panels: [
        panel(
          "Requests",
          "short",
          [q.gauge("vllm:num_requests_running"), "running"],
          [q.gauge("vllm:num_requests_waiting"), "waiting"],
        ),
        panel("KV cache in use", "percentunit", [
          q.gauge("vllm:kv_cache_usage_perc", { by: ["instance", "engine"], with: "max" }),
          "{{instance}} {{engine}}",
        ]),
        panel("Prefix cache hits", "percentunit", [
          `${q.rate("vllm:prefix_cache_hits_total")} / ${q.rate("vllm:prefix_cache_queries_total")}`,
          "hits",
        ]),
        panel("Preemptions", "cps", [q.rate("vllm:num_preemptions_total"), "preemptions"]),
        panel("Finish reasons", "cps", [
          q.rate("vllm:request_success_total", ["finished_reason"]),
          "{{finished_reason}}",
        ]),
        quantiles(q, "Time in the queue", "vllm:request_queue_time_seconds"),
        quantiles(q, "Prompt length", "vllm:request_prompt_tokens", "short"),
        quantiles(q, "Output length", "vllm:request_generation_tokens", "short"),
      ],
    }, {
      title: "Gateway",
      panels: [
        panel("Requests by status", "reqps", [
          gateway.rate("litellm_proxy_total_requests_metric_total", ["status_code"]),
          "{{status_code}}",
        ]),
        quantiles(gateway, "Time of models", "litellm_llm_api_latency_metric"),
        panel("Tokens by model", "short", [
          gateway.rate("litellm_total_tokens_metric_total", ["model"]),
          "{{model}}",
        ]),
        panel("State of deployments", "short", [
          gateway.gauge("litellm_deployment_state", { by: ["model_id", "api_base"], with: "max" }),
          "{{model_id}} {{api_base}}",
        ]),
      ],
    }],
  };
}

/** One panel for each family, by its type: the definitions say all that is needed. */
function pipelineDashboard(groups: readonly FamilyGroup[]): Dashboard {
  const q = new Expressions(groups, { matchers: TARGETS, range: "$__rate_interval" });
  const families = groups.flatMap(({ families }) => families);
  const ofType = (type: string) =>
    families.filter((family) => family.type === type).map((one) => familyPanel(q, one));
  return {
    id: "pipeline",
    title: "promslab: pipeline",
    variables: [],
    rows: [
      { title: "Now", panels: ofType("gauge") },
      { title: "Rates", panels: ofType("counter") },
      { title: "Distributions", panels: ofType("histogram") },
    ],
  };
}

function familyPanel(q: Expressions, { name, type, labelNames }: CatalogFamily): Panel {
  const title = name.replace(/^[^:]*:(?:omni_)?/, "").replace(/_total$/, "").replaceAll("_", " ");
  const by = labelNames.filter((label) => label !== "model_name");
  const legend = by.length === 0 ? title : by.map((label) => `{{${label}}}`).join(" ");
  if (type === "counter") return panel(title, "cps", [q.rate(name, by), legend]);
  if (type === "gauge") return panel(title, unitOf(name), [q.gauge(name, { by }), legend]);
  const stage = by.filter((label) => /stage/.test(label));
  const prefix = stage.map((label) => `{{${label}}} `).join("");
  return {
    title,
    unit: unitOf(name),
    queries: QUANTILES.map((at) => query(q.quantile(at, name, stage), `${prefix}p${at * 100}`)),
  };
}

function unitOf(name: string): string {
  if (/_(?:seconds|s)$/.test(name)) return "s";
  if (/_bytes$/.test(name)) return "bytes";
  if (/_ms$/.test(name)) return "ms";
  return "short";
}

function quantiles(q: Expressions, title: string, family: string, unit = "s"): Panel {
  return { title, unit, queries: QUANTILES.map((at) => query(q.quantile(at, family), `p${at * 100}`)) };
}

function panel(
  title: string,
  unit: string,
  ...queries: (readonly [expression: string, legend: string])[]
): Panel {
  return { title, unit, queries: queries.map(([expression, legend]) => query(expression, legend)) };
}

function query(expression: string, legend: string): Query {
  return { expression, legend };
}
