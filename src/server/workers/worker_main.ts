/**
 * The life of a worker thread: attach memory, load the handler, open the port, answer, drain.
 *
 * @module
 */
// CONTROL PLANE
import { detectHost } from "../../host/detect.ts";
import { AddressError, type Host, type Listener, type WorkerScope } from "../../host/types.ts";
import { defaultRegistry } from "../../registry/default_registry.ts";
import type { ContextScope, Handler } from "../context.ts";
import { FastapiMeter } from "../http/fastapi_meter.ts";
import { loadHandler, summaryOf } from "./handler_module.ts";
import { HttpMeter } from "../http/http_meter.ts";
import { AccessLog } from "../access_log.ts";
import { GOING_AWAY } from "../upgrade.ts";
import { logError } from "../log.ts";
import type { FromWorker, ToWorker, WorkerStart } from "./messages.ts";
import type { Meter } from "../http/meter.ts";
import { createPipeline } from "../pipeline.ts";
import { collectRuntimeMetrics } from "../runtime_metrics.ts";
import { ScrapeClient } from "../scrape/scrape_client.ts";
import { StartError } from "../start_error.ts";

/** How often a worker shows that it is alive. */
export const HEARTBEAT_MS = 250;

/** How long a worker waits for a port that its predecessor is about to close. */
const PORT_WAIT_MS = 2000;

/** Runs a worker. To be called once, at the top level of a thread that `serve()` started. */
export async function runWorker(): Promise<void> {
  const host = detectHost();
  const scope = host.workerScope();
  if (scope === undefined) throw new Error("Cannot run worker: this thread was not started by serve()");
  await scope.hold();
  const start = scope.data as WorkerStart;
  defaultRegistry.attach(start.attachment);
  if (start.runtimeMetrics) collectRuntimeMetrics({ process: false });
  const worker = new Worker(host, scope, start);
  worker.beat();
  setInterval(() => worker.beat(), HEARTBEAT_MS);
  await worker.load();
}

function createMeter(instrument: WorkerStart["instrument"], handler: Handler): Meter | undefined {
  if (instrument === false) return undefined;
  if (instrument === "fastapi") return new FastapiMeter();
  return new HttpMeter({ preset: instrument, ...handler.httpMetrics });
}

class Worker {
  readonly #host: Host;
  readonly #thread: WorkerScope;
  readonly #start: WorkerStart;
  readonly #scrapes: ScrapeClient;
  readonly #context: ContextScope;
  #listen: ((port: number) => Promise<Listener>) | undefined;
  #closing = false;
  #listener: Listener | undefined;
  #extension: ((message: unknown) => void) | undefined;
  /** Messages of the extension that came before the handler listened. */
  readonly #early: unknown[] = [];

  constructor(host: Host, thread: WorkerScope, start: WorkerStart) {
    this.#host = host;
    this.#thread = thread;
    this.#start = start;
    this.#scrapes = new ScrapeClient((message) => this.#post(message));
    this.#context = {
      worker: start.slot,
      listener: undefined,
      pending: new Set(),
      sockets: new Set(),
      inFlightCount: 0,
      onError: (what, error) => logError(`worker ${start.slot}: ${what}`, error),
    };
    thread.onMessage((message) => void this.#receive(message as ToWorker));
  }

  /** Shows that this thread is alive. A worker that was given up on ends here, should it come back to life. */
  beat(): void {
    if (defaultRegistry.beat()) this.#thread.exit(1);
  }

  /** Loads the handler and says so, or says why not and ends. */
  async load(): Promise<void> {
    const start = this.#start;
    try {
      const handler = await loadHandler(start.handler);
      await this.#startHandler(handler);
      const pipeline = createPipeline({
        handler,
        meter: createMeter(start.instrument, handler),
        scope: this.#context,
        publish: () => defaultRegistry.publish(),
        metricsPath: start.metricsPath,
        scrape: (request) => this.#scrapes.scrape(request),
        bodies: this.#host.bodies,
        isClosing: () => this.#closing,
        limits: start.requestLimits,
        accessLog: start.accessLog && new AccessLog(start.accessLog),
      });
      const { hostname, shared, tls, connectionLimits: limits } = start;
      this.#listen = (port) => this.#host.listen({ hostname, port, shared, tls, limits }, pipeline);
      this.#post({ type: "loaded" });
    } catch (error) {
      this.#fail(error);
    }
  }

  /** @throws {StartError} If the module's `start()` fails */
  async #startHandler(handler: Handler): Promise<void> {
    const { slot, epoch, handlerData } = this.#start;
    const onMessage = (listener: (message: unknown) => void) => {
      this.#extension = listener;
      for (const message of this.#early.splice(0)) listener(message);
    };
    try {
      await handler.start?.({ worker: slot, epoch, data: handlerData, onMessage });
    } catch (error) {
      const what = `Cannot start handler "${this.#start.handler}": ${summaryOf(error)}`;
      throw new StartError("HANDLER_FAILED", what, { cause: error });
    }
  }

  async #receive(message: ToWorker): Promise<void> {
    switch (message.type) {
      case "listen":
        return await this.#open(message.port);
      case "extension":
        if (this.#extension === undefined) this.#early.push(message.message);
        else this.#extension(message.message);
        return;
      case "scraped":
        return this.#scrapes.answer(message);
      case "scrapePiece":
        return this.#scrapes.piece(message);
      case "discourage":
        this.#closing = true;
        return;
      case "drain":
        return await this.#drain();
    }
  }

  async #open(port: number): Promise<void> {
    try {
      const listener = await this.#listenPatiently(port);
      this.#listener = listener;
      this.#context.listener = listener;
      this.#post({ type: "listening", port: listener.port });
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Opens the port; if a worker that ended has not let go of it yet, waits for that. */
  async #listenPatiently(port: number): Promise<Listener> {
    const deadlineMs = performance.now() + PORT_WAIT_MS;
    for (;;) {
      try {
        return await this.#listen!(port);
      } catch (error) {
        const taken = error instanceof AddressError && error.code === "EADDRINUSE";
        if (!taken || performance.now() > deadlineMs) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  async #drain(): Promise<void> {
    this.#closing = true;
    for (const socket of this.#context.sockets) socket.close(GOING_AWAY, "The server ends");
    await this.#listener?.close();
    while (this.#context.pending.size > 0) await Promise.all(this.#context.pending);
    defaultRegistry.close();
    this.#thread.exit(0);
  }

  #fail(error: unknown): void {
    const { code, message } = error instanceof StartError
      ? error
      : error instanceof AddressError
      ? { code: "ADDRESS" as const, message: error.message }
      : { code: "WORKER_FAILED" as const, message: summaryOf(error) };
    // What the handler's own module threw deserves its stack; our own sentences need none, nor does what is no error:
    // null is thrown by an import that the end of the thread cuts.
    if (error instanceof StartError && error.cause instanceof Error) {
      logError(`worker ${this.#start.slot}: the handler's module failed`, error.cause);
    }
    this.#post({ type: "failed", code, message });
  }

  #post(message: FromWorker): void {
    this.#thread.post(message);
  }
}
