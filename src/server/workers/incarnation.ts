/**
 * One life of a worker slot, from its start to its end.
 *
 * @module
 */
// CONTROL PLANE
import type { Host, WorkerEnd, WorkerThread } from "../../host/types.ts";
import { ScrapeRelay } from "../scrape/scrape_relay.ts";
import type { ScrapeRequest, ScrapeResponse } from "../scrape/scrape_messages.ts";
import type { FromWorker, ToWorker, WorkerStart } from "./messages.ts";
import { StartError } from "../start_error.ts";
import type { WorkerSlab } from "./worker_slabs.ts";

/** Where an incarnation is in its life. */
export type IncarnationState = "starting" | "loaded" | "listening" | "draining" | "ended";

/** What an incarnation is made of. */
export interface IncarnationParts {
  readonly host: Host;
  /** The worker entry module. */
  readonly module: URL;
  readonly start: WorkerStart;
  readonly slab: WorkerSlab;
  readonly heapMegabytesMax: number | undefined;
  readonly scrape: (request: ScrapeRequest) => Promise<ScrapeResponse>;
}

/** A worker thread and what is known of it. Main thread only. */
export class Incarnation {
  readonly slot: number;
  readonly epoch: number;
  readonly slab: WorkerSlab;
  /** When it was started, on the clock of `performance.now()`. */
  readonly startedMs: number = performance.now();
  /** Resolves when its handler is loaded. @throws {StartError} If it ends before. */
  readonly loaded: Promise<void>;
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<WorkerEnd>;
  state: IncarnationState = "starting";
  /** When its handler was loaded, on the clock of `performance.now()`; before that it is not expected to beat. */
  loadedMs = Infinity;
  /** When it began to accept, on the same clock. */
  listeningMs = Infinity;
  /** Why the main thread ended it, if it did. */
  terminatedFor: string | undefined;
  /** What kept it from starting, by its own account. */
  failureCode: string | undefined;
  readonly #thread: WorkerThread;
  readonly #scrapes: ScrapeRelay;
  readonly #loaded = Promise.withResolvers<void>();
  readonly #listening = Promise.withResolvers<number>();

  constructor(parts: IncarnationParts) {
    const { host, module, start, slab, heapMegabytesMax } = parts;
    this.slot = start.slot;
    this.epoch = start.epoch;
    this.slab = slab;
    this.#scrapes = new ScrapeRelay(parts.scrape, (message, transfer) => {
      if (this.state !== "ended") this.#post(message, transfer);
    });
    this.#thread = host.spawn({ module, data: start, name: `worker-${start.slot}`, heapMegabytesMax });
    this.#thread.onMessage((message) => this.#receive(message as FromWorker));
    this.loaded = this.#loaded.promise;
    // Who waits for neither still learns of the end by `ended`.
    this.#loaded.promise.catch(() => {});
    this.#listening.promise.catch(() => {});
    this.ended = this.#thread.ended.then((end) => {
      this.state = "ended";
      this.#scrapes.close();
      this.#giveUp(
        new StartError("WORKER_FAILED", `Cannot start worker ${this.slot}: ${endSentence(end, this)}`),
      );
      return end;
    });
  }

  /** Opens the port. Resolves with the port that was bound. @throws {StartError} If that fails. */
  listen(port: number): Promise<number> {
    this.#post({ type: "listen", port });
    return this.#listening.promise;
  }

  /** Sends a message of the server's extension to the handler module. */
  send(message: unknown): void {
    if (this.state !== "ended") this.#post({ type: "extension", message });
  }

  /** Makes it tell its clients to close their connections. */
  discourage(): void {
    this.#post({ type: "discourage" });
  }

  /** Makes it stop accepting, finish what it has, and end. */
  drain(): void {
    if (this.state === "ended") return;
    this.state = "draining";
    this.#post({ type: "drain" });
  }

  /** Ends it at once. */
  terminate(reason: string): void {
    if (this.state === "ended") return;
    this.terminatedFor ??= reason;
    this.#thread.terminate();
  }

  #receive(message: FromWorker): void {
    switch (message.type) {
      case "loaded":
        if (this.state === "starting") this.state = "loaded";
        this.loadedMs = performance.now();
        this.#loaded.resolve();
        return;
      case "listening":
        if (this.state === "loaded") this.state = "listening";
        this.listeningMs = performance.now();
        this.#listening.resolve(message.port);
        return;
      case "failed":
        this.failureCode = message.code;
        this.#giveUp(new StartError(message.code, message.message));
        this.terminate(message.message);
        return;
      case "scrape":
        return void this.#scrapes.answer(message);
      case "scrapeMore":
        return this.#scrapes.more(message.id);
      case "scrapeEnd":
        return this.#scrapes.end(message.id);
    }
  }

  #giveUp(error: StartError): void {
    this.#loaded.reject(error);
    this.#listening.reject(error);
  }

  #post(message: ToWorker, transfer?: readonly ArrayBuffer[]): void {
    this.#thread.post(message, transfer);
  }
}

/** How a worker ended, as the end of a sentence. */
export function endSentence(end: WorkerEnd, of: { readonly terminatedFor: string | undefined }): string {
  if (of.terminatedFor !== undefined) return of.terminatedFor;
  const { code } = end.error as { code?: string } | undefined ?? {};
  if (code === "ERR_WORKER_OUT_OF_MEMORY") return "it reached its heap limit";
  if (end.error !== undefined) return `it threw ${end.error.name}: ${end.error.message}`;
  return `it exited with code ${end.code}`;
}

/** The same without what the program or its paths may say: for answers that anybody may ask for. */
export function endCause(
  end: WorkerEnd,
  of: { readonly terminatedFor: string | undefined; readonly failureCode: string | undefined },
): string {
  if (of.failureCode !== undefined) return `it could not start (${of.failureCode})`;
  if (end.error === undefined || of.terminatedFor !== undefined) return endSentence(end, of);
  const { code } = end.error as { code?: string };
  return code === "ERR_WORKER_OUT_OF_MEMORY" ? endSentence(end, of) : "it threw an error";
}
