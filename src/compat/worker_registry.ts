/**
 * The registry that answers for all threads.
 *
 * @module
 */
// CONTROL PLANE
import { isFirstThread } from "../host/thread_channel.ts";
import { Registry } from "./registry.ts";
import { joinThreads, leaveThreads, otherThreadCount, readThreads, setSharedRegistries } from "./threads.ts";
import type { RegistryContentType } from "./types.ts";

/**
 * Answers for all threads of this process that have made one too. It reads their memory: no thread is asked, and one
 * that is busy, hung or gone holds nothing up.
 *
 * @example In a worker thread, whose metrics the main thread shows
 * ```ts ignore
 * import { Counter, WorkerRegistry } from "promslab/compat";
 *
 * const register = new WorkerRegistry();
 * new Counter({ name: "jobs_total", help: "Jobs.", registers: [register] }).inc();
 * ```
 */
export class WorkerRegistry<T extends RegistryContentType = RegistryContentType> extends Registry<T> {
  /** Whether this thread coordinates; every thread can answer, so nothing depends on it. */
  readonly primary: boolean;

  /** Lets this thread and the others find each other. */
  constructor(regContentType?: RegistryContentType, primary: boolean = isFirstThread()) {
    super(regContentType);
    this.primary = primary;
    void joinThreads();
  }

  /** The text of the metrics of all threads, this one included. */
  async workerMetrics(): Promise<string> {
    return Registry.aggregate(await readThreads(), this.contentType).metrics();
  }

  /** To be called before the thread ends: its counts stay, its gauges vanish. */
  shutdown(_timeout?: number): Promise<void> {
    return this.primary ? Promise.resolve() : leaveThreads();
  }

  /** How many other threads are known. */
  static workerCount(): number {
    return otherThreadCount();
  }

  /**
   * Names the registries whose metrics other threads read; by default the global one.
   *
   * @throws {TypeError} If one of them is no registry
   */
  static setRegistries(regs: Registry | readonly Registry[]): void {
    setSharedRegistries(regs);
  }
}
