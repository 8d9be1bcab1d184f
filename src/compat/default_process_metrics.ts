/**
 * Default metrics of the process.
 *
 * @module
 */
// CONTROL PLANE
import { Counter } from "./counter.ts";
import type { DefaultMetricsScope } from "./default_metrics_config.ts";
import { Gauge } from "./gauge.ts";
import { traceLabels } from "./trace_labels.ts";

/** Processor time. Counted from the definition on. */
export function defineCpu({ name, common, config, labels, probe }: DefaultMetricsScope): void {
  const enableExemplars = config.enableExemplars ?? false;
  let last = probe.cpuSeconds();
  const collect = () => {
    const now = probe.cpuSeconds();
    const userSeconds = now.user - last.user;
    const systemSeconds = now.system - last.system;
    last = now;
    const parts = [[user, userSeconds], [system, systemSeconds], [
      both,
      userSeconds + systemSeconds,
    ]] as const;
    const exemplarLabels = enableExemplars ? traceLabels() : undefined;
    for (const [counter, value] of parts) {
      if (enableExemplars) counter.inc({ labels, value, exemplarLabels });
      else counter.inc(labels, value);
    }
  };
  const define = (base: string, help: string, first?: { collect: () => void }) =>
    processWide(new Counter<string>({ name: name(base), help, enableExemplars, ...common, ...first }));
  const user = define("process_cpu_user_seconds_total", "Total user CPU time spent in seconds.", { collect });
  const system = define("process_cpu_system_seconds_total", "Total system CPU time spent in seconds.");
  const both = define("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.");
}

/** When the process started. */
export function defineStartTime({ name, common, labels, probe }: DefaultMetricsScope): void {
  const seconds = Math.round(probe.startTimeSeconds);
  processWide(
    new Gauge<string>({
      name: name("process_start_time_seconds"),
      help: "Start time of the process since unix epoch in seconds.",
      ...common,
      aggregator: "omit",
      collect() {
        this.set(labels, seconds);
      },
    }),
  );
}

/** Memory; only the resident part where the system does not tell more. */
export function defineMemory({ name, common, labels, probe }: DefaultMetricsScope): void {
  const define = (base: string, help: string, first?: { collect: () => void }) =>
    processWide(new Gauge<string>({ name: name(base), help, ...common, ...first }));
  const set = (gauge: Gauge | undefined, bytes: number | undefined) => {
    if (bytes !== undefined) gauge?.set(labels, bytes);
  };
  const collect = () => {
    const memory = probe.memory();
    set(resident, memory.residentBytes);
    set(virtual, memory.virtualBytes);
    set(heap, memory.heapBytes);
  };
  const more = probe.memory().virtualBytes !== undefined;
  const resident = define("process_resident_memory_bytes", "Resident memory size in bytes.", { collect });
  const virtual = more ? define("process_virtual_memory_bytes", "Virtual memory size in bytes.") : undefined;
  const heap = more ? define("process_heap_bytes", "Process heap size in bytes.") : undefined;
}

/** Open files, where the system tells. */
export function defineOpenFileDescriptors({ name, common, labels, probe }: DefaultMetricsScope): void {
  if (probe.openFiles() === undefined) return;
  processWide(
    new Gauge<string>({
      name: name("process_open_fds"),
      help: "Number of open file descriptors.",
      ...common,
      collect() {
        const openFiles = probe.openFiles();
        if (openFiles !== undefined) this.set(labels, openFiles);
      },
    }),
  );
}

/** The most files that may be open, where the system tells. */
export function defineMaxFileDescriptors({ name, common, labels, probe }: DefaultMetricsScope): void {
  const { openFiles } = probe.limits;
  if (openFiles === undefined) return;
  processWide(
    new Gauge<string>({
      name: name("process_max_fds"),
      help: "Maximum number of open file descriptors.",
      ...common,
      collect() {
        this.set(labels, openFiles);
      },
    }),
  );
}

/** Marks what is the same in all threads, so that it is not added up. */
function processWide<M extends { processWide: boolean }>(metric: M): M {
  metric.processWide = true;
  return metric;
}
