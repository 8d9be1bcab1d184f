/**
 * What the runtime and the system tell about this process and this thread.
 *
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import { PerformanceObserver } from "node:perf_hooks";
import process from "node:process";
import { setInterval as setNodeInterval } from "node:timers";
import v8 from "node:v8";
import { isMainThread } from "node:worker_threads";

/** Memory of the process in bytes; what the system does not tell is left out. */
export interface ProcessMemory {
  readonly residentBytes?: number;
  readonly virtualBytes?: number;
  /** The data segment. */
  readonly heapBytes?: number;
  readonly threads?: number;
}

/** Limits of the process; what the system does not tell, or does not limit, is left out. */
export interface ProcessLimits {
  readonly openFiles?: number;
  readonly virtualBytes?: number;
}

/** The heap of this thread's isolate, in bytes. */
export interface HeapSize {
  readonly totalBytes: number;
  readonly usedBytes: number;
  readonly externalBytes: number;
}

/** One space of this thread's heap, in bytes. */
export interface HeapSpace {
  readonly space: string;
  readonly sizeBytes: number;
  readonly usedBytes: number;
  readonly availableBytes: number;
}

/** Reads of the operating system and the runtime. Any thread; each has its own. */
export class RuntimeProbe {
  /** Whether this is the process's first thread, which alone reports what belongs to the process. */
  readonly isMainThread: boolean = isMainThread;
  /** Name of the runtime. */
  readonly runtimeName: "deno" | "bun" | "node";
  readonly runtimeVersion: string;
  /** The version of Node that the runtime is, or claims to be compatible with, such as `v24.9.0`. */
  readonly nodeVersion: string = process.version;
  /** When the process started, in seconds since the Unix epoch. */
  readonly startTimeSeconds: number;
  readonly limits: ProcessLimits;

  constructor() {
    const versions = process.versions as Record<string, string | undefined>;
    this.runtimeName = versions.deno !== undefined ? "deno" : versions.bun !== undefined ? "bun" : "node";
    this.runtimeVersion = versions[this.runtimeName] ?? process.version;
    this.startTimeSeconds = Date.now() / 1000 - process.uptime();
    this.limits = readLimits();
  }

  /** Seconds of processor time that the process has used since it started. */
  cpuSeconds(): { user: number; system: number } {
    const { user, system } = process.cpuUsage();
    return { user: user / 1e6, system: system / 1e6 };
  }

  /** The process's memory. */
  memory(): ProcessMemory {
    const status = readText("/proc/self/status");
    if (status === undefined) return { residentBytes: attempt(() => process.memoryUsage.rss()) };
    const numberOf = (key: string) => {
      const digits = new RegExp(`^${key}:\\s*(\\d+)`, "m").exec(status)?.[1];
      return digits === undefined ? undefined : Number(digits);
    };
    const bytesOf = (key: string) => {
      const kibibytes = numberOf(key);
      return kibibytes === undefined ? undefined : kibibytes * 1024;
    };
    return {
      residentBytes: bytesOf("VmRSS"),
      virtualBytes: bytesOf("VmSize"),
      heapBytes: bytesOf("VmData"),
      threads: numberOf("Threads"),
    };
  }

  /** How many file descriptors the process has open. */
  openFiles(): number | undefined {
    // WHY: one of them is open only to read the directory.
    return attempt(() => readdirSync("/proc/self/fd").length - 1);
  }

  /** The heap of this thread. */
  heap(): HeapSize {
    const { heapTotal, heapUsed, external } = process.memoryUsage();
    return { totalBytes: heapTotal, usedBytes: heapUsed, externalBytes: external };
  }

  /** The spaces of this thread's heap; none where the runtime has no such thing. */
  heapSpaces(): HeapSpace[] {
    if (this.runtimeName === "bun") return [];
    return (attempt(() => v8.getHeapSpaceStatistics()) ?? []).map((space) => ({
      space: space.space_name.replace(/_space$/, ""),
      sizeBytes: space.space_size,
      usedBytes: space.space_used_size,
      availableBytes: space.space_available_size,
    }));
  }

  /** What keeps this thread's event loop alive, by type, one element each; undefined where the runtime does not tell. */
  activeResources(): string[] | undefined {
    // WHY: Deno and Bun have the function, but what it gives there is always empty.
    return this.runtimeName === "node" ? attempt(() => process.getActiveResourcesInfo()) : undefined;
  }

  /**
   * Has a function called after each garbage collection of this thread.
   *
   * @param listener takes the kind and the duration in seconds
   * @returns ends it; undefined where the runtime does not tell
   */
  observeGc(listener: (kind: string, seconds: number) => void): (() => void) | undefined {
    // WHY: Deno accepts the observer, but never calls it; Bun knows no such entries.
    if (this.runtimeName !== "node") return undefined;
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { kind } = (entry as unknown as { detail: { kind: number } }).detail;
        listener(GC_KINDS[kind] ?? "other", entry.duration / 1000);
      }
    });
    observer.observe({ entryTypes: ["gc"] });
    return () => observer.disconnect();
  }

  /**
   * Calls a function again and again, without keeping the process alive.
   *
   * @param everyMs the interval in milliseconds
   * @returns ends it
   */
  repeat(everyMs: number, action: () => void): () => void {
    const timer = setNodeInterval(action, everyMs);
    timer.unref();
    return () => timer.close?.() ?? clearInterval(timer as unknown as number);
  }
}

/** Node's numbers of the kinds of garbage collection, in prom-client's words. */
const GC_KINDS: Readonly<Record<number, string>> = { 1: "minor", 4: "major", 8: "incremental", 16: "weakcb" };

function readLimits(): ProcessLimits {
  const text = readText("/proc/self/limits") ?? "";
  const soft = (name: string) => {
    const value = new RegExp(`^${name}\\s+(\\d+)`, "m").exec(text)?.[1];
    return value === undefined ? undefined : Number(value);
  };
  return { openFiles: soft("Max open files"), virtualBytes: soft("Max address space") };
}

function readText(path: string): string | undefined {
  return attempt(() => readFileSync(path, "utf8"));
}

/** What a read gives, or undefined if the system or the permissions do not allow it. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
