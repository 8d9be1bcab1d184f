/**
 * The subjects of the runtime's metrics: each defines its families and knows how to bring them up to date.
 *
 * @module
 */
// CONTROL PLANE
import {
  defineCounter,
  defineGauge,
  defineHistogram,
  type DefineOptions,
} from "../../families/define_family.ts";
import {
  EVENT_LOOP_FAMILIES,
  GC_FAMILY,
  ISOLATE_FAMILIES,
  PROCESS_FAMILIES,
} from "../../families/process.ts";
import type { Counter } from "../../metric/counter.ts";
import type { CollectTrigger } from "../../metric/registerer.ts";
import { EventLoopMonitor, type LagSummary } from "./event_loop_monitor.ts";
import type { RuntimeReadings } from "./runtime_readings.ts";

/** One subject of the runtime's metrics. */
export interface RuntimePart {
  /** The names of what it defines. */
  readonly families: readonly string[];
  /** Reads the values. */
  update(trigger: CollectTrigger): void;
  /** Ends timers and observers. */
  stop?(): void;
}

/** Defines a gauge at the first value that is known, so that unknown ones are not exposed. */
function lazyGauge(
  spec: Parameters<typeof defineGauge<never>>[0],
  options: DefineOptions,
): (value: number | undefined) => void {
  let gauge: ReturnType<typeof defineGauge<never>> | undefined;
  return (value) => {
    if (value !== undefined) (gauge ??= defineGauge(spec, options)).set(value);
  };
}

/** What belongs to the process. */
export function processPart(readings: RuntimeReadings, options: DefineOptions): RuntimePart {
  const families = PROCESS_FAMILIES;
  const advance = (counter: Counter) => {
    let seen = 0;
    return (now: number) => {
      counter.inc(Math.max(0, now - seen));
      seen = Math.max(seen, now);
    };
  };
  const user = advance(defineCounter(families.cpuUser, options));
  const system = advance(defineCounter(families.cpuSystem, options));
  const both = advance(defineCounter(families.cpu, options));
  const resident = lazyGauge(families.residentMemory, options);
  const virtual = lazyGauge(families.virtualMemory, options);
  const heap = lazyGauge(families.heap, options);
  const threads = lazyGauge(families.threads, options);
  const openFiles = lazyGauge(families.openFiles, options);
  lazyGauge(families.openFilesMax, options)(readings.limits.openFiles);
  lazyGauge(families.virtualMemoryMax, options)(readings.limits.virtualBytes);
  lazyGauge(families.startTime, options)(readings.startTimeSeconds);
  const version = readings.nodeVersion;
  const [major, minor, patch] = version.replace(/^v/, "").split(".");
  defineGauge(families.nodeVersion, options).set({ version, major, minor, patch }, 1);
  const { runtimeName, runtimeVersion } = readings;
  defineGauge(families.runtime, options).set({ name: runtimeName, version: runtimeVersion }, 1);
  return {
    families: Object.values(families).map(({ name }) => name),
    update() {
      const cpu = readings.cpuSeconds();
      user(cpu.user);
      system(cpu.system);
      both(cpu.user + cpu.system);
      const memory = readings.memory();
      resident(memory.residentBytes);
      virtual(memory.virtualBytes);
      heap(memory.heapBytes);
      threads(memory.threads);
      openFiles(readings.openFiles());
    },
  };
}

/** The heap of this thread, and what keeps its event loop alive. */
export function heapPart(readings: RuntimeReadings, options: DefineOptions): RuntimePart {
  const families = ISOLATE_FAMILIES;
  const total = defineGauge(families.heapTotal, options);
  const used = defineGauge(families.heapUsed, options);
  const external = defineGauge(families.external, options);
  const hasSpaces = readings.heapSpaces().length > 0;
  const spaces = hasSpaces
    ? {
      total: defineGauge(families.spaceTotal, options),
      used: defineGauge(families.spaceUsed, options),
      available: defineGauge(families.spaceAvailable, options),
    }
    : undefined;
  const resources = readings.activeResources() && defineGauge(families.activeResources, options);
  const seenTypes = new Set<string>();
  return {
    families: Object.values(families).map(({ name }) => name),
    update() {
      const heap = readings.heap();
      total.set(heap.totalBytes);
      used.set(heap.usedBytes);
      external.set(heap.externalBytes);
      if (spaces !== undefined) {
        for (const { space, sizeBytes, usedBytes, availableBytes } of readings.heapSpaces()) {
          spaces.total.set({ space }, sizeBytes);
          spaces.used.set({ space }, usedBytes);
          spaces.available.set({ space }, availableBytes);
        }
      }
      const counts = new Map<string, number>([...seenTypes].map((type) => [type, 0]));
      for (const type of readings.activeResources() ?? []) counts.set(type, (counts.get(type) ?? 0) + 1);
      for (const [type, count] of counts) {
        seenTypes.add(type);
        resources?.set({ type }, count);
      }
    },
  };
}

/** Garbage collection of this thread. */
export function gcPart(readings: RuntimeReadings, options: DefineOptions): RuntimePart {
  let duration: ReturnType<typeof defineHistogram<"kind">> | undefined;
  const stop = readings.observeGc((kind, seconds) => duration?.observe({ kind }, seconds));
  if (stop !== undefined) duration = defineHistogram(GC_FAMILY, options);
  return { families: [GC_FAMILY.name], update() {}, stop };
}

/** How late the event loop of this thread is. */
export function eventLoopPart(readings: RuntimeReadings, options: DefineOptions): RuntimePart {
  const { histogram, ...gauges } = EVENT_LOOP_FAMILIES;
  const lag = defineHistogram(histogram, options);
  const names = Object.keys(gauges) as (keyof LagSummary)[];
  const setters = names.map((name) => ({ name, set: lazyGauge(gauges[name], options) }));
  const monitor = new EventLoopMonitor({
    repeat: (everyMs, action) => readings.repeat(everyMs, action),
    onLag: (seconds) => lag.observe(seconds),
  });
  return {
    families: Object.values(EVENT_LOOP_FAMILIES).map(({ name }) => name),
    update(trigger) {
      const summary = monitor.summary();
      for (const { name, set } of setters) set(summary?.[name]);
      if (trigger === "scrape") monitor.skipNext();
    },
    stop: () => monitor.stop(),
  };
}
