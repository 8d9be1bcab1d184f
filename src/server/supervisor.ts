/**
 * Starts the workers, replaces those that end, and ends them all.
 *
 * @module
 */
import type { Host, WorkerEnd } from "../host/types.ts";
import { Backoff, type BackoffOptions } from "./backoff.ts";
import { HangWatch } from "./hang_watch.ts";
import { endSentence, Incarnation } from "./incarnation.ts";
import type { ScrapeAnswer, ScrapeQuestion, WorkerStart } from "./messages.ts";
import { StartError } from "./start_error.ts";
import type { SlabKeeper } from "./worker_slabs.ts";

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
  /** After how many seconds without a heartbeat a worker is replaced; 0 for never. */
  readonly hangSeconds: number;
  /** The most seconds that a worker may take to load the handler. */
  readonly startSeconds: number;
  readonly backoff?: BackoffOptions;
  readonly scrape: (question: ScrapeQuestion) => Promise<ScrapeAnswer>;
  readonly log: (line: string) => void;
  /** Told of each worker that ended without being asked to, by the word that names why. */
  readonly onRestart: (reason: RestartReason) => void;
}

/** Why a worker had to be replaced. */
export type RestartReason = "crash" | "hang" | "memory" | "rolling";

/** A slot: a place for one worker at a time. */
interface Slot {
  readonly index: number;
  epoch: number;
  current: Incarnation | undefined;
  readonly backoff: Backoff;
}

const HANG_CHECK_MS = 500;

/** All workers of one server. Main thread only. */
export class Supervisor {
  readonly #parts: SupervisorParts;
  readonly #slots: Slot[];
  readonly #watch: HangWatch;
  #timer: unknown;
  #port = 0;
  /** Whether workers that end are replaced. */
  #replacing = false;

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
    this.#slots = Array.from({ length: parts.workers }, (_, index) => ({
      index,
      epoch: 0,
      current: undefined,
      backoff: new Backoff(parts.backoff),
    }));
    this.#watch = new HangWatch(parts.hangSeconds * 1000);
  }

  /** How many workers accept requests. */
  get readyCount(): number {
    return this.#slots.filter((slot) => slot.current?.state === "listening").length;
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
  async start(): Promise<number> {
    try {
      const all = await this.#spawnAll();
      const [first, ...others] = all;
      this.#port = await first.listen(this.#parts.port);
      await Promise.all(others.map((incarnation) => incarnation.listen(this.#port)));
    } catch (error) {
      await this.stop("the server did not start");
      throw error;
    }
    this.#replacing = true;
    for (const slot of this.#slots) this.#superviseEnd(slot, slot.current!);
    this.#timer = setInterval(() => this.#checkHangs(), HANG_CHECK_MS);
    return this.#port;
  }

  /**
   * Lets every worker finish what it has accepted. Resolves when all have ended; who has not by the deadline is cut.
   */
  async drain(seconds: number): Promise<void> {
    this.#endSupervision();
    const live = this.#live();
    for (const incarnation of live) {
      if (incarnation.state === "listening") incarnation.drain();
      else if (incarnation.state !== "draining") incarnation.terminate("the server is ending");
    }
    const deadline = setTimeout(() => {
      for (const incarnation of this.#live()) {
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
    const live = this.#live();
    for (const incarnation of live) incarnation.terminate(reason);
    await Promise.all(live.map((incarnation) => incarnation.ended));
  }

  #live(): Incarnation[] {
    return this.#slots.flatMap(({ current }) =>
      current === undefined || current.state === "ended" ? [] : [current]
    );
  }

  #endSupervision(): void {
    this.#replacing = false;
    clearInterval(this.#timer as number);
  }

  async #spawnAll(): Promise<Incarnation[]> {
    const all: Incarnation[] = [];
    for (const slot of this.#slots) {
      const incarnation = this.#spawn(slot);
      all.push(incarnation);
      // WHY: Bun crashes now and then when threads start side by side under load; the first one also tells of
      // a handler that cannot be loaded, before the others say the same.
      if (this.#parts.host.name === "bun" || slot.index === 0) await this.#loaded(incarnation);
    }
    await Promise.all(all.map((incarnation) => this.#loaded(incarnation)));
    return all;
  }

  #spawn(slot: Slot): Incarnation {
    const { host, module, common, slabs, heapMegabytesMax, scrape } = this.#parts;
    slot.epoch++;
    const place = { slot: slot.index, epoch: slot.epoch };
    const slab = slabs.open(place);
    const start = { ...common, ...place, attachment: slab.attachment };
    const incarnation = new Incarnation({ host, module, start, slab, heapMegabytesMax, scrape });
    slot.current = incarnation;
    void incarnation.ended.then((end) => slab.leave(end));
    return incarnation;
  }

  /** Waits until a worker has loaded the handler. @throws {StartError} If it fails or takes too long. */
  async #loaded(incarnation: Incarnation): Promise<void> {
    const { startSeconds } = this.#parts;
    const late = setTimeout(
      () => incarnation.terminate(`the handler was not loaded within ${startSeconds} s`),
      startSeconds * 1000,
    );
    try {
      await incarnation.loaded;
    } finally {
      clearTimeout(late);
    }
  }

  #superviseEnd(slot: Slot, incarnation: Incarnation): void {
    void incarnation.ended.then((end) => {
      this.#watch.forget(incarnation);
      if (this.#replacing && slot.current === incarnation) this.#replace(slot, incarnation, end);
    });
  }

  #replace(slot: Slot, ended: Incarnation, end: WorkerEnd): void {
    const { log, onRestart } = this.#parts;
    const waitMs = slot.backoff.next(performance.now() - ended.startedMs);
    const soon = waitMs === 0 ? "replaced" : `replaced in ${waitMs / 1000} s`;
    log(`worker ${slot.index}: ended as ${endSentence(end, ended)}; ${soon}`);
    // Deno has printed the stack already.
    if (end.error?.stack !== undefined && this.#parts.host.name !== "deno") log(end.error.stack);
    onRestart(reasonOf(end, ended));
    setTimeout(() => void this.#revive(slot), waitMs);
  }

  async #revive(slot: Slot): Promise<void> {
    if (!this.#replacing) return;
    const incarnation = this.#spawn(slot);
    this.#superviseEnd(slot, incarnation);
    try {
      await this.#loaded(incarnation);
      await incarnation.listen(this.#port);
      this.#parts.log(`worker ${slot.index}: ready again`);
    } catch (error) {
      // Its end leads to the next try; what kept it from starting is said there too.
      if (!(error instanceof StartError)) throw error;
    }
  }

  #checkHangs(): void {
    const now = performance.now();
    const listening = this.#live().filter((incarnation) => incarnation.state === "listening");
    for (const incarnation of this.#watch.hung(listening, now)) {
      incarnation.terminate(HUNG);
    }
  }
}

const HUNG = "its event loop stood still for too long";

function reasonOf(end: WorkerEnd, ended: Incarnation): RestartReason {
  if (ended.terminatedFor === HUNG) return "hang";
  const { code } = end.error as { code?: string } | undefined ?? {};
  return code === "ERR_WORKER_OUT_OF_MEMORY" ? "memory" : "crash";
}
