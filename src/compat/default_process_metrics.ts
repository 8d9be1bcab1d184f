/**
 * Default metrics of the process.
 *
 * @module
 */
// CONTROL PLANE
import type { CounterSpec, GaugeSpec } from "../families/family_spec.ts";
import { PROCESS_FAMILIES } from "../families/process.ts";
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
  const define = ({ name: base, help }: CounterSpec<string>, first?: { collect: () => void }) =>
    processWide(new Counter<string>({ name: name(base), help, enableExemplars, ...common, ...first }));
  const user = define(PROCESS_FAMILIES.cpuUser, { collect });
  const system = define(PROCESS_FAMILIES.cpuSystem);
  const both = define(PROCESS_FAMILIES.cpu);
}

/** When the process started. */
export function defineStartTime({ name, common, labels, probe }: DefaultMetricsScope): void {
  const seconds = Math.round(probe.startTimeSeconds);
  processWide(
    new Gauge<string>({
      name: name(PROCESS_FAMILIES.startTime.name),
      help: PROCESS_FAMILIES.startTime.help,
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
  const define = ({ name: base, help }: GaugeSpec<string>, first?: { collect: () => void }) =>
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
  const resident = define(PROCESS_FAMILIES.residentMemory, { collect });
  const virtual = more ? define(PROCESS_FAMILIES.virtualMemory) : undefined;
  const heap = more ? define(PROCESS_FAMILIES.heap) : undefined;
}

/** Open files, where the system tells. */
export function defineOpenFileDescriptors({ name, common, labels, probe }: DefaultMetricsScope): void {
  if (probe.openFiles() === undefined) return;
  processWide(
    new Gauge<string>({
      name: name(PROCESS_FAMILIES.openFiles.name),
      help: PROCESS_FAMILIES.openFiles.help,
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
      name: name(PROCESS_FAMILIES.openFilesMax.name),
      help: PROCESS_FAMILIES.openFilesMax.help,
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
