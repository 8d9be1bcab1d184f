/**
 * What Node tells about its event loop, and what Deno and Bun tell in its name.
 *
 * @module
 */
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import process from "node:process";
import { setImmediate, setInterval } from "node:timers";

/** Delays since the last look, in seconds. */
export interface EventLoopDelays {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly stddev: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/**
 * Has the runtime measure the delays of this thread's event loop.
 *
 * @param resolutionMs how often it looks
 * @returns gives the delays since the last call; undefined where the runtime cannot measure them
 */
export function watchEventLoopDelay(resolutionMs: number): (() => EventLoopDelays) | undefined {
  try {
    const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
    histogram.enable();
    return () => {
      const delays = {
        min: histogram.min / 1e9,
        max: histogram.max / 1e9,
        mean: histogram.mean / 1e9,
        stddev: histogram.stddev / 1e9,
        p50: histogram.percentile(50) / 1e9,
        p90: histogram.percentile(90) / 1e9,
        p99: histogram.percentile(99) / 1e9,
      };
      histogram.reset();
      return delays;
    };
  } catch {
    return undefined;
  }
}

/** Calls a function with the seconds until the event loop comes to it. */
export function measureImmediate(listener: (seconds: number) => void): void {
  const startMs = performance.now();
  setImmediate(() => listener((performance.now() - startMs) / 1000));
}

/**
 * Tells again and again which part of the time this thread's event loop was not idle, without keeping the process alive.
 *
 * @param everyMs the interval in milliseconds
 * @param listener takes the part, from 0 to 1, and of how many intervals it is the mean
 */
export function watchUtilization(
  everyMs: number,
  listener: (utilization: number, intervals: number) => void,
): void {
  let last = performance.eventLoopUtilization();
  let lastMs = performance.now();
  setInterval(() => {
    const current = performance.eventLoopUtilization();
    const nowMs = performance.now();
    const { utilization } = performance.eventLoopUtilization(current, last);
    listener(utilization, Math.round((nowMs - lastMs) / everyMs));
    last = current;
    lastMs = nowMs;
  }, everyMs).unref();
}

interface ProcessInternals {
  getActiveResourcesInfo?(): string[];
  _getActiveHandles?(): unknown[];
  _getActiveRequests?(): unknown[];
}

const internals = process as unknown as ProcessInternals;

/** What keeps the event loop alive, by type; undefined where there is no such function. */
export function activeResources(): string[] | undefined {
  return internals.getActiveResourcesInfo?.();
}

/** Handles of the event loop, by the name of their class; undefined where there is no such function. */
export function activeHandles(): string[] | undefined {
  return classNames(internals._getActiveHandles?.());
}

/** Requests of the event loop, by the name of their class; undefined where there is no such function. */
export function activeRequests(): string[] | undefined {
  return classNames(internals._getActiveRequests?.());
}

function classNames(objects: unknown[] | undefined): string[] | undefined {
  return objects?.map((object) => (object as object | null)?.constructor?.name ?? "Object");
}
