/**
 * The families of processes and runtimes: the names of the client library guidelines, and of the JavaScript ecosystem
 * where dashboards rely on them. Gauges that end in `_total` are left out: `sum by (job)` of their parts gives them.
 *
 * @module
 */
import { counterSpec, gaugeSpec, histogramSpec } from "./family_spec.ts";

/** What belongs to the process: reported once, by its first thread. */
export const PROCESS_FAMILIES = {
  cpuUser: counterSpec("process_cpu_user_seconds_total", "Total user CPU time spent in seconds."),
  cpuSystem: counterSpec("process_cpu_system_seconds_total", "Total system CPU time spent in seconds."),
  cpu: counterSpec("process_cpu_seconds_total", "Total user and system CPU time spent in seconds."),
  startTime: gaugeSpec(
    "process_start_time_seconds",
    "Start time of the process since unix epoch in seconds.",
  ),
  residentMemory: gaugeSpec("process_resident_memory_bytes", "Resident memory size in bytes."),
  virtualMemory: gaugeSpec("process_virtual_memory_bytes", "Virtual memory size in bytes."),
  virtualMemoryMax: gaugeSpec(
    "process_virtual_memory_max_bytes",
    "Maximum amount of virtual memory available in bytes.",
  ),
  heap: gaugeSpec("process_heap_bytes", "Process heap size in bytes."),
  openFiles: gaugeSpec("process_open_fds", "Number of open file descriptors."),
  openFilesMax: gaugeSpec("process_max_fds", "Maximum number of open file descriptors."),
  threads: gaugeSpec("process_threads", "Number of OS threads in the process."),
  nodeVersion: gaugeSpec("nodejs_version_info", "Node.js version info.", {
    labels: ["version", "major", "minor", "patch"],
  }),
  runtime: gaugeSpec("promslab_runtime_info", "The JavaScript runtime.", { labels: ["name", "version"] }),
} as const;

/** What belongs to one thread: reported by each. Sizes add up; of delays the worst thread counts. */
export const ISOLATE_FAMILIES = {
  heapTotal: gaugeSpec("nodejs_heap_size_total_bytes", "Process heap size from Node.js in bytes."),
  heapUsed: gaugeSpec("nodejs_heap_size_used_bytes", "Process heap size used from Node.js in bytes."),
  external: gaugeSpec("nodejs_external_memory_bytes", "Node.js external memory size in bytes."),
  spaceTotal: gaugeSpec(
    "nodejs_heap_space_size_total_bytes",
    "Process heap space size total from Node.js in bytes.",
    { labels: ["space"] },
  ),
  spaceUsed: gaugeSpec(
    "nodejs_heap_space_size_used_bytes",
    "Process heap space size used from Node.js in bytes.",
    { labels: ["space"] },
  ),
  spaceAvailable: gaugeSpec(
    "nodejs_heap_space_size_available_bytes",
    "Process heap space size available from Node.js in bytes.",
    { labels: ["space"] },
  ),
  activeResources: gaugeSpec(
    "nodejs_active_resources",
    "Number of active resources that are currently keeping the event loop alive, grouped by async resource type.",
    { labels: ["type"] },
  ),
} as const;

/** Upper bounds of the garbage collection's durations, in seconds. */
export const GC_BUCKETS: readonly number[] = [0.001, 0.01, 0.1, 1, 2, 5];

/** Garbage collection, where the runtime tells; reported by each thread. */
export const GC_FAMILY = histogramSpec(
  "nodejs_gc_duration_seconds",
  "Garbage collection duration by kind, one of major, minor, incremental or weakcb.",
  { labels: ["kind"], buckets: GC_BUCKETS },
);

/** How late timers fire: over the last minute, of the worst thread; and as a histogram of all threads. */
export const EVENT_LOOP_FAMILIES = {
  last: gaugeSpec("nodejs_eventloop_lag_seconds", "Lag of event loop in seconds.", { mode: "livemax" }),
  min: gaugeSpec("nodejs_eventloop_lag_min_seconds", "The minimum recorded event loop delay.", {
    mode: "livemin",
  }),
  max: gaugeSpec("nodejs_eventloop_lag_max_seconds", "The maximum recorded event loop delay.", {
    mode: "livemax",
  }),
  mean: gaugeSpec("nodejs_eventloop_lag_mean_seconds", "The mean of the recorded event loop delays.", {
    mode: "livemax",
  }),
  stddev: gaugeSpec(
    "nodejs_eventloop_lag_stddev_seconds",
    "The standard deviation of the recorded event loop delays.",
    { mode: "livemax" },
  ),
  p50: gaugeSpec(
    "nodejs_eventloop_lag_p50_seconds",
    "The 50th percentile of the recorded event loop delays.",
    { mode: "livemax" },
  ),
  p90: gaugeSpec(
    "nodejs_eventloop_lag_p90_seconds",
    "The 90th percentile of the recorded event loop delays.",
    { mode: "livemax" },
  ),
  p99: gaugeSpec(
    "nodejs_eventloop_lag_p99_seconds",
    "The 99th percentile of the recorded event loop delays.",
    { mode: "livemax" },
  ),
  histogram: histogramSpec(
    "promslab_event_loop_lag_seconds",
    "How late the event loops of all threads were, looked at four times a second.",
    { buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] },
  ),
} as const;
