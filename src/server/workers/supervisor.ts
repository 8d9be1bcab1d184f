/**
 * Starts the workers, replaces those that end, and ends them all.
 *
 * @module
 */
// CONTROL PLANE
import type { RestartReason } from "../../collect/self_metrics.ts";
import type { Host, WorkerEnd } from "../../host/types.ts";
import { Backoff, type BackoffOptions } from "./backoff.ts";
import { endCause, endSentence, Incarnation } from "./incarnation.ts";
import type { ScrapeRequest, ScrapeResponse } from "../scrape/scrape_messages.ts";
import type { WorkerStart } from "./messages.ts";
import { StartError } from "../start_error.ts";
import type { SlabKeeper, WorkerSlab } from "./worker_slabs.ts";

/** What a supervisor is made of. */
export interface SupervisorParts {
  readonly host: Host;
  /** The worker entry module. */
  readonly module: URL;
  /** How many workers there are. */
  readonly workers: number;
  /** The port to open; 0 lets the kernel choose. */
  readonly port: number;
  /** What all workers are told. */
  readonly common: Omit<WorkerStart, "slot" | "epoch" | "attachment">;
  readonly slabs: SlabKeeper;
  readonly heapMegabytesMax: number | undefined;
  /** How long a worker that is being replaced tells its clients to close before it stops accepting, in seconds. */
  readonly discourageSeconds: number;
  /** How long such a worker may then take to finish what it has, in seconds. */
  readonly retireSeconds: number;
  /** After how many seconds without a heartbeat a worker is replaced; 0 for never. */
  readonly hangSeconds: number;
  /** The most seconds that a worker may take to load the handler. */
  readonly startSeconds: number;
  readonly backoff?: BackoffOptions;
  readonly scrape: (request: ScrapeRequest) => Promise<ScrapeResponse>;
  readonly log: (line: string) => void;
  /** Told of each worker that was started. */
  readonly onSpawn?: (worker: Incarnation) => void;
  /** Told of each worker that ended without being asked to, by the word that names why. */
  readonly onRestart: (reason: RestartReason) => void;
}

/** A slot: a place for one worker at a time. */
interface Slot {
  readonly index: number;
  epoch: number;
  current: Incarnation | undefined;
  /** Whether a rolling restart has started the next one, which is not yet accepting. */
  hasSuccessor: boolean;
  readonly backoff: Backoff;
  /** The timer of the next try, while none is under way. */
  retry: unknown;
  /** Settles when the start of its last replacement has succeeded or failed. */
  reviving?: Promise<unknown>;
  /** Why the last worker ended that was not told to. */
  cause: string;
}

/** A slot whose workers end early, one after the other. */
export interface CrashLoop {
  readonly slot: number;
  /** Why the last one ended, as the end of a sentence; nothing of the program's own texts. */
  readonly cause: string;
}

const HANG_CHECK_MS = 500;

/** All workers of one server. Main thread only. */
export class Supervisor {
  readonly #parts: SupervisorParts;
  readonly #slots: Slot[];
  #timer: unknown;
  #port = 0;
  /** Whether workers that end are replaced. */
  #replacing = false;
  /** All that have not ended, those among them that are not a slot's current one. */
  readonly #live: Set<Incarnation> = new Set();
  #restarting: Promise<void> | undefined;
  /** Settles when the start of the server has succeeded or failed. */
  #started: Promise<unknown> = Promise.resolve();

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
    this.#slots = Array.from({ length: parts.workers }, (_, index) => ({
      index,
      epoch: 0,
      current: undefined,
      hasSuccessor: false,
      backoff: new Backoff(parts.backoff),
      retry: undefined,
      cause: "",
    }));
  }

  /** How many workers accept requests. */
  get readyCount(): number {
    return this.#slots.filter(({ current }) => current?.state === "listening").length;
  }

  /**
   * The slots in a crash loop: from the fifth worker in a row that ended before it had accepted for ten seconds, until
   * one has, or a restart replaces it.
   */
  get crashLoops(): readonly CrashLoop[] {
    return this.#slots.filter(({ backoff }) => backoff.isLooping).map(({ index, cause }) => ({
      slot: index,
      cause,
    }));
  }

  /** How many workers there should be. */
  get workerCount(): number {
    return this.#slots.length;
  }

  /**
   * Starts all workers. The port opens when every one has loaded the handler.
   *
   * @returns the port
   * @throws {StartError} If one fails; then none is left running
   */
  start(): Promise<number> {
    const started = this.#startAll();
    this.#started = started.catch(() => {});
    return started;
  }

  async #startAll(): Promise<number> {
    try {
      const all = await this.#spawnAll();
      const [first, ...others] = all;
      this.#port = await this.#listening(first, this.#parts.port);
      await Promise.all(others.map((incarnation) => this.#listening(incarnation, this.#port)));
    } catch (error) {
      await this.stop("the server did not start");
      throw error;
    }
    this.#replacing = true;
    for (const slot of this.#slots) this.#superviseEnd(slot, slot.current!);
    if (this.#parts.hangSeconds > 0) this.#timer = setInterval(() => this.#checkHangs(), HANG_CHECK_MS);
    return this.#port;
  }

  /**
   * Lets every worker finish what it has accepted. Resolves when all have ended; who has not by the deadline is cut.
   */
  async drain(seconds: number): Promise<void> {
    this.#endSupervision();
    const live = [...this.#live];
    for (const incarnation of live) {
      if (incarnation.state === "listening") incarnation.drain();
      else if (incarnation.state !== "draining") incarnation.terminate("the server is ending");
    }
    const deadline = setTimeout(() => {
      for (const incarnation of this.#live) {
        this.#parts.log(`worker ${incarnation.slot}: not finished after ${seconds} s, cut`);
        incarnation.terminate("the drain took too long");
      }
    }, seconds * 1000);
    await Promise.all(live.map((incarnation) => incarnation.ended));
    clearTimeout(deadline);
  }

  /** Ends every worker at once. */
  async stop(reason: string): Promise<void> {
    this.#endSupervision();
    const live = [...this.#live];
    for (const incarnation of live) incarnation.terminate(reason);
    await Promise.all(live.map((incarnation) => incarnation.ended));
  }

  /**
   * Replaces all workers, one slot after the other, each by one that accepts before the old one stops to. Resolves
   * when every slot has its new worker; the old ones may still be finishing what they have. A slot that waits for its
   * next try after a failure, as in a crash loop, has it at once. While one such
   * restart is under way, another call joins it.
   *
   * @throws {StartError} If a new worker does not start; the slots that are not yet replaced keep their old one
   */
  restart(): Promise<void> {
    return this.#restarting ??= this.#restartAll().finally(() => this.#restarting = undefined);
  }

  async #restartAll(): Promise<void> {
    // WHY: workers that are starting may have read what has changed since.
    await this.#started;
    for (const slot of this.#slots) {
      await slot.reviving;
      const old = slot.current;
      if (!this.#replacing) continue;
      if (slot.retry !== undefined) {
        clearTimeout(slot.retry as number);
        this.#settle(slot);
        const failure = await this.#revive(slot);
        if (failure !== undefined) throw failure;
      }
      // A slot whose worker has just ended gets a new one anyway.
      if (old?.state !== "listening") continue;
      await this.#succeed(slot, old);
      this.#parts.onRestart("rolling");
    }
  }

  async #succeed(slot: Slot, old: Incarnation): Promise<void> {
    const successor = this.#spawn(slot);
    slot.hasSuccessor = true;
    try {
      await this.#loaded(successor);
      // Where a port has one listener only, the old one must close first.
      if (!this.#parts.common.shared) await this.#retire(old);
      await this.#listening(successor, this.#port);
    } catch (error) {
      slot.hasSuccessor = false;
      successor.terminate("it did not start");
      if (old.state !== "listening") void this.#revive(slot);
      throw error;
    }
    slot.hasSuccessor = false;
    slot.current = successor;
    this.#settle(slot);
    this.#superviseEnd(slot, successor);
    if (old.state === "listening") await this.#retire(old);
  }

  /** Makes a worker stop accepting, gently. Resolves when it does; what it has accepted goes on. */
  async #retire(incarnation: Incarnation): Promise<void> {
    const { discourageSeconds, retireSeconds, log } = this.#parts;
    incarnation.discourage();
    await delay(discourageSeconds);
    incarnation.drain();
    const deadline = setTimeout(() => {
      log(`worker ${incarnation.slot}: replaced, not finished after ${retireSeconds} s, cut`);
      incarnation.terminate("it took too long to finish");
    }, retireSeconds * 1000);
    void incarnation.ended.then(() => clearTimeout(deadline));
  }

  #endSupervision(): void {
    this.#replacing = false;
    clearInterval(this.#timer as number);
    for (const { retry } of this.#slots) clearTimeout(retry as number);
  }

  async #spawnAll(): Promise<Incarnation[]> {
    const all: Incarnation[] = [];
    for (const slot of this.#slots) {
      const incarnation = this.#spawn(slot);
      slot.current = incarnation;
      all.push(incarnation);
      // WHY: Bun crashes now and then when threads start side by side under load; the first one also tells of
      // a handler that cannot be loaded, before the others say the same.
      if (this.#parts.host.name === "bun" || slot.index === 0) await this.#loaded(incarnation);
    }
    await Promise.all(all.map((incarnation) => this.#loaded(incarnation)));
    return all;
  }

  /** Starts a slot's next thread. @throws {StartError} If there is no memory or no thread for it */
  #spawn(slot: Slot): Incarnation {
    const { host, module, common, slabs, heapMegabytesMax, scrape } = this.#parts;
    slot.epoch++;
    const place = { slot: slot.index, epoch: slot.epoch };
    let slab: WorkerSlab | undefined;
    let incarnation: Incarnation;
    try {
      slab = slabs.open(place);
      const start = { ...common, ...place, attachment: slab.attachment };
      incarnation = new Incarnation({ host, module, start, slab, heapMegabytesMax, scrape });
    } catch (cause) {
      slab?.leave({ proven: true });
      const { message } = cause as Error;
      throw new StartError("WORKER_FAILED", `Cannot start worker ${slot.index}: ${message}`, { cause });
    }
    this.#live.add(incarnation);
    void incarnation.ended.then((end) => {
      this.#live.delete(incarnation);
      incarnation.slab.leave(end);
    });
    this.#parts.onSpawn?.(incarnation);
    return incarnation;
  }

  /** Waits until a worker has loaded the handler. @throws {StartError} If it fails or takes too long. */
  #loaded(incarnation: Incarnation): Promise<void> {
    return this.#inTime(incarnation, incarnation.loaded, "the handler was not loaded");
  }

  /** Makes a worker open the port. @throws {StartError} If it fails or takes too long. */
  #listening(incarnation: Incarnation, port: number): Promise<number> {
    return this.#inTime(incarnation, incarnation.listen(port), "the port was not opened");
  }

  /** Waits for a step of a worker's start. A worker that takes too long is ended, which the step then rejects with. */
  async #inTime<T>(incarnation: Incarnation, step: Promise<T>, failure: string): Promise<T> {
    const { startSeconds } = this.#parts;
    const late = setTimeout(
      () => incarnation.terminate(`${failure} within ${startSeconds} s`),
      startSeconds * 1000,
    );
    try {
      return await step;
    } finally {
      clearTimeout(late);
    }
  }

  #superviseEnd(slot: Slot, incarnation: Incarnation): void {
    void incarnation.ended.then((end) => {
      if (!this.#replacing || slot.current !== incarnation) return;
      if (slot.hasSuccessor) {
        this.#parts.log(`worker ${slot.index}: ended as ${endSentence(end, incarnation)}`);
      } else this.#replace(slot, incarnation, end);
    });
  }

  #replace(slot: Slot, ended: Incarnation, end: WorkerEnd): void {
    const { log, onRestart } = this.#parts;
    const { backoff } = slot;
    const wasLooping = backoff.isLooping;
    const waitMs = backoff.next(Math.max(0, performance.now() - ended.listeningMs));
    slot.cause = endCause(end, ended);
    const soon = waitMs === 0 ? "replaced" : `replaced in ${waitMs / 1000} s`;
    log(`worker ${slot.index}: ended as ${endSentence(end, ended)}; ${soon}`);
    // Deno has printed the stack already.
    if (end.error?.stack !== undefined && this.#parts.host.name !== "deno") log(end.error.stack);
    onRestart(reasonOf(end, ended));
    if (backoff.isLooping && !wasLooping) {
      const [settled, longest] = [backoff.settledMs / 1000, backoff.longestMs / 1000];
      log(
        `worker ${slot.index}: crash loop, ${backoff.loopAfter} in a row ended before they had accepted for ${settled} s; ` +
          `not ready until one has; the next tries come ${longest} s after the last`,
      );
    }
    slot.retry = setTimeout(() => void this.#revive(slot), waitMs);
  }

  /** Starts a slot's next worker. Resolves with what kept it from starting, if anything did: then the next try is due. */
  #revive(slot: Slot): Promise<StartError | undefined> {
    slot.retry = undefined;
    return slot.reviving = this.#startAnew(slot);
  }

  async #startAnew(slot: Slot): Promise<StartError | undefined> {
    if (!this.#replacing) return;
    let incarnation: Incarnation;
    try {
      incarnation = this.#spawn(slot);
    } catch (error) {
      // WHY: memory or threads may have run out for a moment, and there is no worker whose end would lead to the next try.
      const waitMs = slot.backoff.next(0);
      slot.cause = "no thread could be had";
      this.#parts.log(`worker ${slot.index}: ${(error as Error).message}; tried again in ${waitMs / 1000} s`);
      slot.retry = setTimeout(() => void this.#revive(slot), waitMs);
      return error as StartError;
    }
    slot.current = incarnation;
    this.#superviseEnd(slot, incarnation);
    try {
      await this.#loaded(incarnation);
      await this.#listening(incarnation, this.#port);
      this.#parts.log(`worker ${slot.index}: ready again`);
      this.#settleInTime(slot, incarnation);
    } catch (error) {
      // Its end leads to the next try; what kept it from starting is said there too.
      if (!(error instanceof StartError)) throw error;
      return error;
    }
  }

  /** Ends a crash loop when its worker has accepted for long enough. */
  #settleInTime(slot: Slot, incarnation: Incarnation): void {
    if (!slot.backoff.isLooping) return;
    const timer = setTimeout(() => {
      if (slot.current === incarnation) this.#settle(slot);
    }, slot.backoff.settledMs);
    void incarnation.ended.then(() => clearTimeout(timer));
  }

  #settle({ index, backoff }: Slot): void {
    if (backoff.isLooping) this.#parts.log(`worker ${index}: out of its crash loop`);
    backoff.settle();
  }

  #checkHangs(): void {
    const limitMs = this.#parts.hangSeconds * 1000;
    for (const incarnation of this.#live) {
      const { state, loadedMs, slab } = incarnation;
      if (state !== "loaded" && state !== "listening") continue;
      // WHY: a handler's module may block its thread while it loads, which --start-seconds bounds.
      const silentMs = Math.min(slab.heartbeatAgeMs(), performance.now() - loadedMs);
      if (silentMs > limitMs) incarnation.terminate(HUNG);
    }
  }
}

function delay(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

/** Why a thread was ended that did not beat any more. */
export const HUNG = "its event loop stood still for too long";

/** As what the end of a thread is counted. */
export function reasonOf(
  end: WorkerEnd,
  ended: { readonly terminatedFor: string | undefined },
): RestartReason {
  if (ended.terminatedFor === HUNG) return "hang";
  const { code } = end.error as { code?: string } | undefined ?? {};
  return code === "ERR_WORKER_OUT_OF_MEMORY" ? "memory" : "crash";
}
