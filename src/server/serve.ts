/**
 * Starts a server: several workers on one port, their metrics as one.
 *
 * @module
 */
import { Collector } from "../collect/collector.ts";
import { SelfMetrics } from "../collect/self_metrics.ts";
import { WorkerWatch } from "../collect/worker_watch.ts";
import { detectHost } from "../host/detect.ts";
import { isFile } from "../host/program.ts";
import { AddressError, type Host, type Listener, type ListenOptions } from "../host/types.ts";
import { defaultRegistry } from "../registry/default_registry.ts";
import { createAdminHandler } from "./admin.ts";
import type { WorkerLink } from "./extension.ts";
import type { Incarnation } from "./incarnation.ts";
import { logLine } from "./log.ts";
import { type ResolvedOptions, resolveOptions, type ServeOptions } from "./options.ts";
import { RunningServer, type Server } from "./running_server.ts";
import { Scraper } from "./scraper.ts";
import { StartError } from "./start_error.ts";
import { Supervisor } from "./supervisor.ts";
import { WorkerSlabs } from "./worker_slabs.ts";

/**
 * Starts the workers and opens the ports. Resolves when every worker accepts requests. Main thread only.
 *
 * Each worker imports the handler's module, answers its share of the connections, and writes its metrics into
 * memory of its own; the main thread reads them all, so `/metrics` is complete on either port, whatever the workers do.
 *
 * @throws {StartError} If an option cannot be, an address cannot be bound, or the handler cannot be used
 *
 * @example An application of three workers
 * ```ts ignore
 * import { serve } from "promslab";
 *
 * const server = await serve({ handler: new URL("./app.ts", import.meta.url), workers: 3 });
 * console.log(server.url, server.adminUrl);
 * await server.finished;
 * ```
 */
export async function serve(options: ServeOptions): Promise<Server> {
  const host = detectHost();
  const log = options.log ?? logLine;
  const resolved = shareable(resolveOptions(options, host), host, log);
  await checkHandler(resolved.handler);
  const { hostname, port, tls } = resolved;
  if (port !== 0) await probe(host, { hostname, port, shared: false });

  const collector = new Collector(defaultRegistry, { onProblem: log });
  const scraper = new Scraper(collector);
  const watch = new WorkerWatch(collector);
  const families = new SelfMetrics({ collector, watch });
  const slabs = new WorkerSlabs({
    collector,
    watch,
    slabBytes: resolved.slabBytes,
    exclusively: (change) => void scraper.exclusively(change),
  });
  const { extension } = resolved;
  await extension?.start({
    host,
    slabs,
    gather: (run) => scraper.exclusively(() => run(collector.blocks())),
    log,
  });
  const supervisor = new Supervisor({
    host,
    module: new URL("../../workers/http_worker.ts", import.meta.url),
    workers: resolved.workers,
    port,
    common: {
      handler: resolved.handler.href,
      hostname,
      shared: sharesPort(resolved, host),
      tls,
      metricsPath: resolved.metricsPath,
      instrument: resolved.instrument && resolved.httpFamilies,
      handlerData: resolved.handlerData,
    },
    slabs,
    heapMegabytesMax: resolved.heapMegabytesMax,
    discourageSeconds: resolved.discourageSeconds,
    retireSeconds: resolved.retireSeconds,
    hangSeconds: resolved.hangSeconds,
    startSeconds: resolved.startSeconds,
    scrape: (question) => scraper.answer(question),
    log,
    onSpawn: (worker) => extension?.workerStarted?.(linkTo(worker)),
    onRestart: (reason) => families.restarted(reason),
  });
  const server = new RunningServer({ host, options: resolved, supervisor, log });
  let admin: Listener | undefined;
  try {
    admin = await openAdminPort(host, resolved, { supervisor, server, scraper });
    server.open(await supervisor.start(), admin);
  } catch (error) {
    admin?.abort();
    await extension?.stop();
    throw error instanceof AddressError ? addressProblem(error) : error;
  }
  const look = setInterval(() => void scraper.exclusively(() => lookAfter(collector, watch)), LOOK_MS);
  void server.finished.then(() => clearInterval(look));
  return server;
}

/** How often the main thread looks at the workers' hearts and directories between scrapes. */
const LOOK_MS = 250;

function lookAfter(collector: Collector, watch: WorkerWatch): void {
  watch.check();
  collector.poll();
}

/** Falls back to one worker where the system does not spread one port's connections over threads, and says so. */
function shareable(options: ResolvedOptions, host: Host, log: (line: string) => void): ResolvedOptions {
  const sharing = host.portSharing();
  if (options.workers === 1 || sharing.possible) return options;
  log(`one worker instead of ${options.workers}: ${sharing.reason}`);
  return { ...options, workers: 1 };
}

/** Whether the serving port is opened so that others of this process may join: a single worker does so if it is free. */
function sharesPort({ workers }: ResolvedOptions, host: Host): boolean {
  const sharing = host.portSharing();
  return workers > 1 || (sharing.possible && sharing.free);
}

function linkTo(worker: Incarnation): WorkerLink {
  const { slot, epoch, ended } = worker;
  return {
    slot,
    epoch,
    ended,
    post: (message) => worker.send(message),
    terminate: (reason) => worker.terminate(reason),
  };
}

async function checkHandler(handler: URL): Promise<void> {
  if (handler.protocol !== "file:" || await isFile(handler)) return;
  throw new StartError("HANDLER_NOT_FOUND", `Cannot load handler "${handler.href}": there is no such file`);
}

/**
 * Binds the port once, alone. Workers share it with each other, so they would also share it with another server
 * of the same user, silently, and each would get a part of the requests.
 */
async function probe(host: Host, options: ListenOptions): Promise<void> {
  const listener = await listen(host, options, () => new Response(null));
  await listener.close();
}

async function listen(
  host: Host,
  options: ListenOptions,
  handler: (request: Request) => Response | Promise<Response>,
): Promise<Listener> {
  try {
    return await host.listen(options, handler);
  } catch (error) {
    throw error instanceof AddressError ? addressProblem(error) : error;
  }
}

function addressProblem(cause: AddressError): StartError {
  return new StartError("ADDRESS", cause.message, { cause });
}

interface AdminNeeds {
  readonly supervisor: Supervisor;
  readonly server: RunningServer;
  readonly scraper: Scraper;
}

async function openAdminPort(
  host: Host,
  options: ResolvedOptions,
  { supervisor, server, scraper }: AdminNeeds,
): Promise<Listener | undefined> {
  if (options.adminPort === false) return undefined;
  const readiness = () => ({
    ready: supervisor.readyCount,
    wanted: supervisor.workerCount,
    draining: server.draining,
  });
  const handler = createAdminHandler({
    scrape: (question) => scraper.answer(question),
    readiness,
    routes: options.adminRoutes,
  });
  const address = { hostname: options.adminHostname, port: options.adminPort, shared: false };
  return await listen(host, address, handler);
}
