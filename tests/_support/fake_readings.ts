/**
 * A runtime that says what a test wants it to say.
 *
 * @module
 */
import type { RuntimeReadings } from "../../src/collect/runtime/runtime_readings.ts";

/** Readings that a test can change, and a timer that it fires by hand. */
export class FakeReadings implements RuntimeReadings {
  isMainThread = true;
  runtimeName = "deno";
  runtimeVersion = "9.8.7";
  nodeVersion = "v26.3.0";
  startTimeSeconds = 1_700_000_000;
  limits: { openFiles?: number; virtualBytes?: number } = { openFiles: 1024 };
  cpu = { user: 1, system: 0.5 };
  resident: number | undefined = 100;
  spaces = [{ space: "new", sizeBytes: 10, usedBytes: 4, availableBytes: 6 }];
  resources: string[] | undefined = undefined;
  gcListener: ((kind: string, seconds: number) => void) | undefined;
  tellsGc = false;
  /** Timers that run. */
  readonly timers: Set<() => void> = new Set();

  cpuSeconds(): { user: number; system: number } {
    return this.cpu;
  }

  memory(): { residentBytes?: number } {
    return { residentBytes: this.resident };
  }

  openFiles(): number {
    return 7;
  }

  heap(): { totalBytes: number; usedBytes: number; externalBytes: number } {
    return { totalBytes: 30, usedBytes: 20, externalBytes: 1 };
  }

  heapSpaces(): { space: string; sizeBytes: number; usedBytes: number; availableBytes: number }[] {
    return this.spaces;
  }

  activeResources(): string[] | undefined {
    return this.resources;
  }

  observeGc(listener: (kind: string, seconds: number) => void): (() => void) | undefined {
    if (!this.tellsGc) return undefined;
    this.gcListener = listener;
    return () => void (this.gcListener = undefined);
  }

  repeat(_everyMs: number, action: () => void): () => void {
    this.timers.add(action);
    return () => void this.timers.delete(action);
  }

  /** Fires all timers once. */
  tick(): void {
    for (const action of this.timers) action();
  }
}
