/**
 * Starts a server: several workers on one port, their metrics as one.
 *
 * @module
 */
import { Collector } from "../collect/collector.ts";
import { SelfMetrics } from "../collect/self_metrics.ts";
import { WorkerWatch } from "../collect/worker_watch.ts";
import { snapshot } from "../exposition/snapshot.ts";
import { detectHost } from "../host/detect.ts";
import { isFile } from "../host/program.ts";
import { AddressError, type Host, type Listener, type ListenOptions } from "../host/types.ts";
import { defaultRegistry } from "../registry/default_registry.ts";
import { type AdminParts, createAdminHandler } from "./admin.ts";
import { createReports } from "./admin_reports.ts";
import type { WorkerLink } from "./extension.ts";
import type { Incarnation } from "./workers/incarnation.ts";
import { logLine } from "./log.ts";
import { type ResolvedOptions, resolveOptions, type ServeOptions } from "./options.ts";
import { RunningServer, type Server } from "./running_server.ts";
import { shareable, sharesPort } from "./port_sharing.ts";
import { reloadOnChange } from "./workers/reload.ts";
import { collectRuntimeMetrics } from "./runtime_metrics.ts";
import { ScrapeLog } from "./scrape/scrape_log.ts";
import { pauseEvery, SLICE_MS } from "./scrape/scrape_pass.ts";
import { Scraper } from "./scrape/scraper.ts";
import { stateServerInfo } from "./server_info.ts";
import { StartError } from "./start_error.ts";
import { Supervisor } from "./workers/supervisor.ts";
import { WorkerSlabs } from "./workers/worker_slabs.ts";

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
  if (port !== 0) await probe(host, { hostname, port, shared: false }, SERVING);

  const collector = new Collector(defaultRegistry, { onProblem: log });
  const scraper = new Scraper(collector, {
    options: resolved.scrape,
    token: resolved.adminToken,
    registry: defaultRegistry,
  });
  const scrapes = new ScrapeLog();
  const scrape = scrapes.watch((request) => scraper.answer(request));
  stateServerInfo(host, resolved);
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
    limits: resolved,
    restarted: (reason) => families.restarted(reason),
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
      runtimeMetrics: resolved.runtimeMetrics,
      handlerData: resolved.handlerData,
      requestLimits: resolved.requestLimits,
      connectionLimits: resolved.connectionLimits,
      accessLog: resolved.accessLog,
    },
    slabs,
    heapMegabytesMax: resolved.heapMegabytesMax,
    discourageSeconds: resolved.discourageSeconds,
    retireSeconds: resolved.retireSeconds,
    hangSeconds: resolved.hangSeconds,
    startSeconds: resolved.startSeconds,
    scrape,
    log,
    onSpawn: (worker) => extension?.workerStarted?.(linkTo(worker)),
    onRestart: (reason) => families.restarted(reason),
  });
  const server = new RunningServer({
    host,
    options: resolved,
    supervisor,
    snapshot: (query) => scraper.exclusively(() => snapshot(collector, query)),
    log,
  });
  let admin: Listener | undefined;
  const { handler, watch: reloads } = resolved;
  const reload = reloads
    ? await reloadOnChange({ handler, replace: (reason) => server.replaceWorkers(reason) })
    : undefined;
  try {
    const exclusively = <T>(run: () => T | Promise<T>) => scraper.exclusively(run);
    const reports = createReports({ collector, watch, exclusively, scrapes: () => scrapes.costs });
    admin = await openAdminPort(host, resolved, { supervisor, server, scraper, scrape, reports });
    server.open(await supervisor.start(), admin);
  } catch (error) {
    admin?.abort();
    reload?.close();
    await extension?.stop();
    throw error;
  }
  // WHY: not its event loop, which answers no requests and would show the scrapes.
  const runtime = resolved.runtimeMetrics ? collectRuntimeMetrics({ eventLoop: false }) : undefined;
  const look = setInterval(() => void scraper.exclusively(() => lookAfter(collector, watch)), LOOK_MS);
  void server.finished.then(() => {
    clearInterval(look);
    reload?.close();
    runtime?.stop();
  });
  return server;
}

/** How often the main thread looks at the workers' hearts and directories between scrapes. */
const LOOK_MS = 250;

function lookAfter(collector: Collector, watch: WorkerWatch): Promise<void> {
  watch.check();
  return collector.learn(pauseEvery(SLICE_MS));
}

function linkTo(worker: Incarnation): WorkerLink {
  const { slot, epoch, ended } = worker;
  return {
    slot,
    epoch,
    ended,
    post: (message) => worker.send(message),
    terminate: (reason) => worker.terminate(reason),
    slab: worker.slab.attachment.slab,
    isFolded: () => worker.slab.isFolded(),
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
async function probe(host: Host, options: ListenOptions, names: AddressNames): Promise<void> {
  try {
    const listener = await host.listen(options, () => new Response(null));
    await listener.close();
  } catch (error) {
    throw error instanceof AddressError ? addressProblem(error, options, names) : error;
  }
}

/** The options that choose an address. */
interface AddressNames {
  readonly hostname: string;
  readonly port: string;
}

const SERVING: AddressNames = { hostname: "hostname", port: "port" };
const ADMIN: AddressNames = { hostname: "adminHostname", port: "adminPort" };

/** The codes of {@linkcode AddressError} for which another port would not help. */
const HOSTNAME_CODES = ["EADDRNOTAVAIL", "ENOTFOUND"];

/** Says which option chooses another address. */
function addressProblem(
  cause: AddressError,
  address: { readonly hostname: string; readonly port: number },
  names: AddressNames,
): StartError {
  const part = HOSTNAME_CODES.includes(cause.code) ? "hostname" : "port";
  const option = { name: names[part], value: String(address[part]), wanted: `another ${part}` };
  return new StartError("ADDRESS", `${cause.message}; ${option.name} chooses another`, { cause, option });
}

interface AdminNeeds {
  readonly supervisor: Supervisor;
  readonly server: RunningServer;
  readonly scraper: Scraper;
  readonly scrape: AdminParts["scrape"];
  readonly reports: AdminParts["reports"];
}

async function openAdminPort(
  host: Host,
  options: ResolvedOptions,
  { supervisor, server, scraper, scrape, reports }: AdminNeeds,
): Promise<Listener | undefined> {
  if (options.adminPort === false) return undefined;
  const readiness = () => ({
    ready: supervisor.readyCount,
    wanted: supervisor.workerCount,
    draining: server.draining,
  });
  const handler = createAdminHandler({
    scrape,
    snapshot: (request) => scraper.snapshot(request),
    reports,
    readiness,
    routes: options.adminRoutes,
    token: options.adminToken,
  });
  const { adminHostname: hostname, adminPort: port, adminTls: tls } = options;
  const address = { hostname, port, tls, shared: false };
  try {
    return await host.listen(address, handler);
  } catch (error) {
    throw error instanceof AddressError ? addressProblem(error, address, ADMIN) : error;
  }
}
