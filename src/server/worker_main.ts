/**
 * The life of a worker thread: attach memory, load the handler, open the port, answer, drain.
 *
 * @module
 */
import { detectHost } from "../host/detect.ts";
import type { Host, Listener, WorkerScope } from "../host/types.ts";
import { defaultRegistry } from "../registry/default_registry.ts";
import type { ContextScope } from "./context.ts";
import { loadHandler, summaryOf } from "./handler_module.ts";
import { HttpMeter } from "./http_meter.ts";
import { logError } from "./log.ts";
import type { FromWorker, ToWorker, WorkerStart } from "./messages.ts";
import { createPipeline } from "./pipeline.ts";
import { ScrapeClient } from "./scrape_client.ts";
import { StartError } from "./start_error.ts";

/** How often a worker shows that it is alive. */
export const HEARTBEAT_MS = 250;

/** Runs a worker. To be called once, at the top level of a thread that `serve()` started. */
export async function runWorker(): Promise<void> {
  const host = detectHost();
  const scope = host.workerScope();
  if (scope === undefined) throw new Error("Cannot run worker: this thread was not started by serve()");
  await scope.hold();
  const start = scope.data as WorkerStart;
  defaultRegistry.attach(start.attachment);
  const worker = new Worker(host, scope, start);
  setInterval(() => worker.beat(), HEARTBEAT_MS);
  await worker.load();
}

class Worker {
  readonly #host: Host;
  readonly #thread: WorkerScope;
  readonly #start: WorkerStart;
  readonly #scrapes: ScrapeClient;
  readonly #context: ContextScope;
  #listen: ((port: number) => Promise<Listener>) | undefined;
  #closing = false;

  constructor(host: Host, thread: WorkerScope, start: WorkerStart) {
    this.#host = host;
    this.#thread = thread;
    this.#start = start;
    this.#scrapes = new ScrapeClient((question) => this.#post({ type: "scrape", ...question }));
    this.#context = {
      worker: start.slot,
      listener: undefined,
      pending: new Set(),
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
      const meter = start.instrument ? new HttpMeter() : undefined;
      const handler = await loadHandler(start.handler);
      const pipeline = createPipeline({
        handler,
        meter,
        scope: this.#context,
        publish: () => defaultRegistry.publish(),
        metricsPath: start.metricsPath,
        scrape: (request) => this.#scrapes.scrape(request),
        isStreamed: this.#host.isStreamed,
        isClosing: () => this.#closing,
      });
      const { hostname, shared, tls } = start;
      this.#listen = (port) => this.#host.listen({ hostname, port, shared, tls }, pipeline);
      this.#post({ type: "loaded" });
    } catch (error) {
      this.#fail(error);
    }
  }

  async #receive(message: ToWorker): Promise<void> {
    switch (message.type) {
      case "listen":
        return await this.#open(message.port);
      case "scraped":
        return this.#scrapes.answer(message);
      case "discourage":
        this.#closing = true;
        return;
      case "drain":
        return await this.#drain();
    }
  }

  async #open(port: number): Promise<void> {
    try {
      const listener = await this.#listen!(port);
      this.#context.listener = listener;
      this.#post({ type: "listening", port: listener.port });
    } catch (error) {
      this.#fail(error);
    }
  }

  async #drain(): Promise<void> {
    this.#closing = true;
    await this.#context.listener?.close();
    while (this.#context.pending.size > 0) await Promise.all(this.#context.pending);
    defaultRegistry.close();
    this.#thread.exit(0);
  }

  #fail(error: unknown): void {
    const code = error instanceof StartError ? error.code : "WORKER_FAILED";
    const message = error instanceof StartError ? error.message : summaryOf(error);
    // What the handler's own module threw deserves its stack; our own sentences need none.
    if (error instanceof StartError && error.cause !== undefined) {
      logError(`worker ${this.#start.slot}: the handler's module failed`, error.cause);
    }
    this.#post({ type: "failed", code, message });
  }

  #post(message: FromWorker): void {
    this.#thread.post(message);
  }
}
