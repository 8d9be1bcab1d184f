/**
 * Recording rules that add up over instances, and alerts, over families of the definitions.
 *
 * @module
 */
import type { FamilyGroup } from "../family_catalog.ts";
import { Expressions } from "./expressions.ts";

/** A recording rule: the expression under a shorter name. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

/** An input series of an example, in the notation of promtool's tests. */
export interface ExampleSeries {
  readonly series: string;
  readonly values: string;
}

/** An alert, with an example in which it fires and one in which it does not: both become tests. */
export interface Alert {
  readonly alert: string;
  readonly expr: string;
  /** How long it must hold, such as `5m`. */
  readonly for: string;
  readonly severity: "critical" | "warning";
  readonly summary: string;
  /** What to do. */
  readonly description: string;
  readonly fires: readonly ExampleSeries[];
  readonly quiet: readonly ExampleSeries[];
}

/** Rules of one subject. */
export interface RuleGroup {
  readonly name: string;
  readonly recording: readonly RecordingRule[];
  readonly alerts: readonly Alert[];
}

/** The target of the examples, as labels of a series. */
const TARGET = 'job="promslab",instance="a:9464"';

/** Minutes of the examples: one sample a minute. */
const MINUTES = 30;

/** All rules. */
export function ruleGroups(groups: readonly FamilyGroup[]): RuleGroup[] {
  const group = (...ids: string[]) => groups.filter(({ id }) => ids.includes(id));
  return [
    httpRules(group("http_server")),
    workerRules(group("self", "process")),
    llmRules(group("vllm")),
    gatewayRules(group("litellm")),
    pipelineRules(group("omni")),
  ];
}

function httpRules(groups: readonly FamilyGroup[]): RuleGroup {
  const q = new Expressions(groups, { matchers: "", range: "5m", keep: ["job"] });
  const errors = q.rate("http_requests_total", [], 'status=~"5.."');
  const duration = "http_request_duration_seconds";
  return {
    name: "promslab_http",
    recording: [
      { record: "job:http_requests:rate5m", expr: q.rate("http_requests_total") },
      { record: "job_route:http_requests:rate5m", expr: q.rate("http_requests_total", ["route"]) },
      { record: "job:http_requests_errors:ratio_rate5m", expr: `${errors} / job:http_requests:rate5m` },
      { record: "job_le:http_request_duration_seconds_bucket:rate5m", expr: q.buckets(duration) },
      {
        record: "job:http_request_duration_seconds:p99_5m",
        expr: "histogram_quantile(0.99, job_le:http_request_duration_seconds_bucket:rate5m)",
      },
      { record: "job:http_requests_in_flight:sum", expr: q.gauge("http_requests_in_flight") },
    ],
    alerts: [{
      alert: "PromslabErrorRatioHigh",
      expr: "job:http_requests_errors:ratio_rate5m > 0.05",
      for: "5m",
      severity: "critical",
      summary: "More than 5 % of the requests to {{ $labels.job }} fail",
      description: "Look at http_requests_total by route and status, and at the log of the handler.",
      fires: [
        series("http_requests_total", 'status="200"', ramp(90)),
        series("http_requests_total", 'status="500"', ramp(10)),
      ],
      quiet: [
        series("http_requests_total", 'status="200"', ramp(99)),
        series("http_requests_total", 'status="500"', ramp(1)),
      ],
    }, {
      alert: "PromslabLatencyHigh",
      expr: "job:http_request_duration_seconds:p99_5m > 1",
      for: "10m",
      severity: "warning",
      summary: "1 % of the requests to {{ $labels.job }} take longer than a second",
      description: "Compare the event loop lag of the workers with the latency by route.",
      fires: histogram(duration, { "0.5": 50, "1": 60, "2.5": 100, "+Inf": 100 }),
      quiet: histogram(duration, { "0.5": 100, "1": 100, "2.5": 100, "+Inf": 100 }),
    }],
  };
}

function workerRules(groups: readonly FamilyGroup[]): RuleGroup {
  const q = new Expressions(groups, { matchers: "", range: "5m", keep: ["job"] });
  const of = new Expressions(groups, { matchers: "", range: "5m", keep: ["job", "instance"] });
  const lag = "promslab_event_loop_lag_seconds";
  return {
    name: "promslab_workers",
    recording: [
      { record: "job_state:promslab_workers:sum", expr: q.gauge("promslab_workers", { by: ["state"] }) },
      { record: "job:promslab_slab_series:sum", expr: q.gauge("promslab_slab_series") },
      { record: "job:process_cpu_seconds:rate5m", expr: q.rate("process_cpu_seconds_total") },
      { record: "job:process_resident_memory_bytes:sum", expr: q.gauge("process_resident_memory_bytes") },
      { record: "job_instance:promslab_event_loop_lag_seconds:p99_5m", expr: of.quantile(0.99, lag) },
    ],
    alerts: [{
      alert: "PromslabDown",
      // WHY: a target that is gone has no family of ours any more; its job had one within the last hour.
      expr: `up == 0 and on (job) count by (job) (last_over_time(${q.series("promslab_build_info")}[1h]))`,
      for: "2m",
      severity: "critical",
      summary: "{{ $labels.instance }} cannot be scraped",
      description: "The process is gone, its admin port is not reachable, or its token has changed.",
      fires: [series("up", "", "1x4 0x25"), series("promslab_build_info", 'version="0"', "1x4 stale")],
      quiet: [series("up", "", "1x30"), series("promslab_build_info", 'version="0"', "1x30")],
    }, {
      alert: "PromslabWorkerHung",
      expr: `${q.series("promslab_workers", 'state="hung"')} > 0`,
      for: "1m",
      severity: "warning",
      summary: "A worker of {{ $labels.instance }} does not beat",
      description: "Its event loop stands still: look for endless loops. After hang-seconds it is replaced.",
      fires: [series("promslab_workers", 'state="hung"', "1x30")],
      quiet: [
        series("promslab_workers", 'state="hung"', "0x30"),
        series("promslab_workers", 'state="live"', "2x30"),
      ],
    }, {
      alert: "PromslabWorkerCrashLoop",
      expr: `${q.series("promslab_workers", 'state="crash_loop"')} > 0`,
      for: "1m",
      severity: "critical",
      summary: "A worker of {{ $labels.instance }} ends again and again",
      description: "The others serve on, and /-/ready says 503 and why. The log has the error.",
      fires: [series("promslab_workers", 'state="crash_loop"', "1x30")],
      quiet: [
        series("promslab_workers", 'state="crash_loop"', "0x30"),
        series("promslab_workers", 'state="live"', "2x30"),
      ],
    }, {
      alert: "PromslabWorkersRestart",
      expr: `sum by (job, instance) (${
        q.increase("promslab_worker_restarts_total", "15m", 'reason!="rolling"')
      }) > 3`,
      for: "1m",
      severity: "warning",
      summary: "Workers of {{ $labels.instance }} keep being replaced",
      description: "The label reason of promslab_worker_restarts_total says why; the log says where.",
      fires: [series("promslab_worker_restarts_total", 'reason="crash"', ramp(1))],
      quiet: [series("promslab_worker_restarts_total", 'reason="rolling"', ramp(1))],
    }, {
      alert: "PromslabMetricsDropped",
      expr: `sum by (job, instance, what) (${q.increase("promslab_dropped_total", "10m")}) > 0`,
      for: "1m",
      severity: "warning",
      summary: "Label sets of {{ $labels.instance }} found no room",
      description:
        "A family has too many label values, or the slab is too small: see maxSeries and slabBytes.",
      fires: [series("promslab_dropped_total", 'what="series"', ramp(5))],
      quiet: [series("promslab_dropped_total", 'what="series"', "7x30")],
    }, {
      alert: "PromslabSlabNearlyFull",
      expr: `${q.series("promslab_slab_used_bytes")} / ${q.series("promslab_slab_size_bytes")} > 0.85`,
      for: "10m",
      severity: "warning",
      summary: "The slab of worker {{ $labels.worker }} of {{ $labels.instance }} is nearly full",
      description: "New label sets will soon go to the overflow series: raise slabBytes or remove labels.",
      fires: [
        series("promslab_slab_used_bytes", 'worker="0"', "90x30"),
        series("promslab_slab_size_bytes", 'worker="0"', "100x30"),
      ],
      quiet: [
        series("promslab_slab_used_bytes", 'worker="0"', "50x30"),
        series("promslab_slab_size_bytes", 'worker="0"', "100x30"),
      ],
    }, {
      alert: "PromslabFamiliesConflict",
      expr: `sum by (job, instance) (${q.increase("promslab_conflicting_families_total", "10m")}) > 0`,
      for: "1m",
      severity: "warning",
      summary: "Two workers of {{ $labels.instance }} define one family differently",
      description: "The family is left out of the scrape; the log names it.",
      fires: [series("promslab_conflicting_families_total", "", ramp(1))],
      quiet: [series("promslab_conflicting_families_total", "", "0x30")],
    }, {
      alert: "PromslabEventLoopLate",
      expr: "job_instance:promslab_event_loop_lag_seconds:p99_5m > 0.5",
      for: "10m",
      severity: "warning",
      summary: "The event loops of {{ $labels.instance }} are late by more than half a second",
      description:
        "Handlers compute for too long at a time, or the machine has too few cores for its workers.",
      fires: histogram(lag, { "0.5": 10, "1": 100, "+Inf": 100 }),
      quiet: histogram(lag, { "0.5": 100, "1": 100, "+Inf": 100 }),
    }],
  };
}

function llmRules(groups: readonly FamilyGroup[]): RuleGroup {
  const q = new Expressions(groups, { matchers: "", range: "5m", keep: ["job", "model_name"] });
  const first = "vllm:time_to_first_token_seconds";
  const labels = 'model_name="m",engine="0"';
  const errors = q.rate("vllm:request_success_total", [], 'finished_reason="error"');
  const reasons = (good: number, bad: number) => [
    series("vllm:request_success_total", `${labels},finished_reason="stop"`, ramp(good)),
    series("vllm:request_success_total", `${labels},finished_reason="error"`, ramp(bad)),
  ];
  return {
    name: "promslab_llm",
    recording: [
      { record: "job_model:vllm_generation_tokens:rate5m", expr: q.rate("vllm:generation_tokens_total") },
      { record: "job_model:vllm_prompt_tokens:rate5m", expr: q.rate("vllm:prompt_tokens_total") },
      { record: "job_model:vllm_num_requests_running:sum", expr: q.gauge("vllm:num_requests_running") },
      { record: "job_model:vllm_num_requests_waiting:sum", expr: q.gauge("vllm:num_requests_waiting") },
      {
        record: "job_model:vllm_kv_cache_usage_perc:max",
        expr: q.gauge("vllm:kv_cache_usage_perc", { with: "max" }),
      },
      { record: "job_model:vllm_time_to_first_token_seconds:p95_5m", expr: q.quantile(0.95, first) },
      {
        record: "job_model:vllm_inter_token_latency_seconds:p95_5m",
        expr: q.quantile(0.95, "vllm:inter_token_latency_seconds"),
      },
      {
        record: "job_model:vllm_request_errors:ratio_rate5m",
        expr: `${errors} / ${q.rate("vllm:request_success_total")}`,
      },
    ],
    alerts: [{
      alert: "LlmQueueLong",
      expr: "job_model:vllm_num_requests_waiting:sum > 100",
      for: "5m",
      severity: "warning",
      summary: "More than 100 requests wait for {{ $labels.model_name }}",
      description: "Add replicas; the autoscaler of deploy/kubernetes acts on this number.",
      fires: [series("vllm:num_requests_waiting", labels, "150x30")],
      quiet: [series("vllm:num_requests_waiting", labels, "50x30")],
    }, {
      alert: "LlmCacheFull",
      expr: "job_model:vllm_kv_cache_usage_perc:max > 0.95",
      for: "10m",
      severity: "warning",
      summary: "A KV cache of {{ $labels.model_name }} is full",
      description:
        "Requests wait or are preempted: fewer sequences at a time, shorter contexts or more replicas.",
      fires: [series("vllm:kv_cache_usage_perc", labels, "0.99x30")],
      quiet: [series("vllm:kv_cache_usage_perc", labels, "0.5x30")],
    }, {
      alert: "LlmFirstTokenSlow",
      expr: "job_model:vllm_time_to_first_token_seconds:p95_5m > 5",
      for: "10m",
      severity: "warning",
      summary: "5 % of the requests to {{ $labels.model_name }} wait more than 5 s for their first token",
      description: "Compare vllm:request_queue_time_seconds with vllm:request_prefill_time_seconds.",
      fires: histogram(first, { "1": 10, "5": 20, "7.5": 100, "+Inf": 100 }, labels),
      quiet: histogram(first, { "1": 90, "5": 100, "7.5": 100, "+Inf": 100 }, labels),
    }, {
      alert: "LlmErrors",
      expr: "job_model:vllm_request_errors:ratio_rate5m > 0.05",
      for: "5m",
      severity: "critical",
      summary: "More than 5 % of the requests to {{ $labels.model_name }} end in an error",
      description: "Look at the log of the engine, and at vllm:request_success_total by finished_reason.",
      fires: reasons(90, 10),
      quiet: reasons(99, 1),
    }],
  };
}

function gatewayRules(groups: readonly FamilyGroup[]): RuleGroup {
  const q = new Expressions(groups, { matchers: "", range: "5m", keep: ["job"] });
  const labels = 'model_id="m",api_base="b"';
  return {
    name: "promslab_gateway",
    recording: [
      {
        record: "job_status:litellm_proxy_requests:rate5m",
        expr: q.rate("litellm_proxy_total_requests_metric_total", ["status_code"]),
      },
      {
        record: "job_model:litellm_total_tokens:rate5m",
        expr: q.rate("litellm_total_tokens_metric_total", ["model"]),
      },
    ],
    alerts: [{
      alert: "GatewayDeploymentOut",
      expr: `${q.series("litellm_deployment_state")} == 2`,
      for: "2m",
      severity: "critical",
      summary: "The deployment {{ $labels.model_id }} does not answer",
      description: "litellm_deployment_failure_responses_total says with which errors.",
      fires: [series("litellm_deployment_state", labels, "2x30")],
      quiet: [series("litellm_deployment_state", labels, "1x30")],
    }],
  };
}

function pipelineRules(groups: readonly FamilyGroup[]): RuleGroup {
  const q = new Expressions(groups, { matchers: "", range: "5m", keep: ["job", "model_name"] });
  const ends = "vllm:omni_requests_success_total";
  const factor = "vllm:omni_audio_rtf";
  const model = 'model_name="m"';
  const voice = `${model},stage="2",replica="0"`;
  const errors = q.rate(ends, [], 'finished_reason="error"');
  const reasons = (good: number, bad: number) => [
    series(ends, `${model},finished_reason="stop"`, ramp(good)),
    series(ends, `${model},finished_reason="error"`, ramp(bad)),
  ];
  return {
    name: "promslab_pipeline",
    recording: [
      {
        record: "job_model:vllm_omni_num_requests_running:sum",
        expr: q.gauge("vllm:omni_num_requests_running"),
      },
      {
        record: "job_model:vllm_omni_num_requests_waiting:sum",
        expr: q.gauge("vllm:omni_num_requests_waiting"),
      },
      {
        record: "job_model_stage:vllm_omni_stage_waiting_requests:sum",
        expr: q.gauge("vllm:omni_stage_waiting_requests", { by: ["stage"] }),
      },
      {
        record: "job_model:vllm_omni_e2e_request_latency_s:p95_5m",
        expr: q.quantile(0.95, "vllm:omni_e2e_request_latency_s"),
      },
      { record: "job_model_stage:vllm_omni_audio_rtf:p95_5m", expr: q.quantile(0.95, factor, ["stage"]) },
      { record: "job_model:vllm_omni_request_errors:ratio_rate5m", expr: `${errors} / ${q.rate(ends)}` },
    ],
    alerts: [{
      alert: "PipelineStageQueueLong",
      expr: "job_model_stage:vllm_omni_stage_waiting_requests:sum > 100",
      for: "5m",
      severity: "warning",
      summary:
        "More than 100 requests wait in front of stage {{ $labels.stage }} of {{ $labels.model_name }}",
      description:
        "Add replicas to this stage; vllm:omni_stage_gen_time_s by stage says which one is the slowest.",
      fires: [series("vllm:omni_stage_waiting_requests", `${model},stage="1"`, "150x30")],
      quiet: [series("vllm:omni_stage_waiting_requests", `${model},stage="1"`, "50x30")],
    }, {
      alert: "PipelineErrors",
      expr: "job_model:vllm_omni_request_errors:ratio_rate5m > 0.05",
      for: "5m",
      severity: "critical",
      summary: "More than 5 % of the requests to {{ $labels.model_name }} end in an error",
      description:
        "vllm:omni_requests_failed_total says by its reason whether stages fail or replicas are lost.",
      fires: reasons(90, 10),
      quiet: reasons(99, 1),
    }, {
      alert: "PipelineAudioSlow",
      expr: "job_model_stage:vllm_omni_audio_rtf:p95_5m > 1",
      for: "10m",
      severity: "warning",
      summary: "5 % of what {{ $labels.model_name }} speaks takes longer to make than to play",
      description:
        "Players run dry, see vllm:omni_audio_underrun_s: fewer requests at a time, or more replicas.",
      fires: histogram(factor, { "0.5": 10, "1": 20, "1.25": 100, "+Inf": 100 }, voice),
      quiet: histogram(factor, { "0.5": 90, "1": 100, "1.25": 100, "+Inf": 100 }, voice),
    }],
  };
}

function series(name: string, labels: string, values: string): ExampleSeries {
  return { series: `${name}{${[TARGET, labels].filter((text) => text !== "").join(",")}}`, values };
}

/** A counter that grows by so much in a minute. */
function ramp(by: number): string {
  return `0+${by}x${MINUTES}`;
}

/** A histogram whose buckets grow by these numbers in a minute, counted from below. */
function histogram(name: string, buckets: Readonly<Record<string, number>>, labels = ""): ExampleSeries[] {
  return Object.entries(buckets).map(([le, by]) =>
    series(`${name}_bucket`, [labels, `le="${le}"`].filter((text) => text !== "").join(","), ramp(by))
  );
}
