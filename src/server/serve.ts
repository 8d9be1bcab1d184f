/**
 * Starts a server: several workers on one port, their metrics as one.
 *
 * @module
 */
// CONTROL PLANE
import { Collector } from "../collect/collector.ts";
import { type RestartReason, SelfMetrics } from "../collect/self_metrics.ts";
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
  const { hostname, port } = resolved;
  if (port !== 0) await probe(host, { hostname, port, shared: false }, SERVING);

  const scraping = createScraping(resolved, log);
  const { collector, watch } = scraping;
  stateServerInfo(host, resolved);
  const workers = await createWorkers({ host, options: resolved, scraping, log });
  const server = new RunningServer({
    host,
    options: resolved,
    supervisor: workers.supervisor,
    snapshot: (query) => snapshot(collector, query),
    log,
  });
  const reload = await openPorts({ host, options: resolved, scraping, workers, server });
  // WHY: not its event loop, which answers no requests and would show the scrapes.
  const runtime = resolved.runtimeMetrics ? collectRuntimeMetrics({ eventLoop: false }) : undefined;
  const look = setInterval(() => void collector.exclusively(() => lookAfter(collector, watch)), LOOK_MS);
  void server.finished.then(() => {
    clearInterval(look);
    reload?.close();
    runtime?.stop();
    collector.letGo();
  });
  return server;
}

/** What reads the workers' memory and answers scrapes. */
interface Scraping {
  readonly collector: Collector;
  readonly scraper: Scraper;
  readonly scrapes: ScrapeLog;
  /** Answers a scrape and remembers what it cost. */
  readonly scrape: AdminParts["scrape"];
  readonly watch: WorkerWatch;
}

function createScraping(options: ResolvedOptions, log: (line: string) => void): Scraping {
  const collector = new Collector(defaultRegistry, { onProblem: log });
  const scraper = new Scraper(collector, {
    options: options.scrape,
    token: options.adminToken,
    registry: defaultRegistry,
  });
  const scrapes = new ScrapeLog();
  const scrape = scrapes.watch((request) => scraper.answer(request));
  return { collector, scraper, scrapes, scrape, watch: new WorkerWatch(collector) };
}

/** What starting the workers needs. */
interface WorkersNeeds {
  readonly host: Host;
  readonly options: ResolvedOptions;
  readonly scraping: Scraping;
  readonly log: (line: string) => void;
}

/** The workers, which are not started yet, and what lives beside them, which is. */
interface Workers {
  readonly supervisor: Supervisor;
  readonly extension: ResolvedOptions["extension"];
}

async function createWorkers({ host, options, scraping, log }: WorkersNeeds): Promise<Workers> {
  const { collector, scrape, watch } = scraping;
  const { extension } = options;
  let supervisor: Supervisor | undefined = undefined;
  const crashLoops = () => new Set(supervisor?.crashLoops.map(({ slot }) => slot));
  const families = new SelfMetrics({ collector, watch, crashLoops });
  const restarted = (reason: RestartReason) => families.restarted(reason);
  const slabs = new WorkerSlabs({
    collector,
    watch,
    slabBytes: options.slabBytes,
    exclusively: (change) => void collector.exclusively(change),
  });
  await extension?.start({
    host,
    slabs,
    gather: (run) => collector.exclusively(() => run(collector.blocks())),
    log,
    limits: options,
    restarted,
  });
  supervisor = new Supervisor({
    host,
    module: new URL("../../workers/http_worker.ts", import.meta.url),
    workers: options.workers,
    port: options.port,
    common: {
      handler: options.handler.href,
      hostname: options.hostname,
      shared: sharesPort(options, host),
      tls: options.tls,
      metricsPath: options.metricsPath,
      instrument: options.instrument && options.httpFamilies,
      runtimeMetrics: options.runtimeMetrics,
      handlerData: options.handlerData,
      requestLimits: options.requestLimits,
      connectionLimits: options.connectionLimits,
      accessLog: options.accessLog,
    },
    slabs,
    heapMegabytesMax: options.heapMegabytesMax,
    discourageSeconds: options.discourageSeconds,
    retireSeconds: options.retireSeconds,
    hangSeconds: options.hangSeconds,
    startSeconds: options.startSeconds,
    scrape,
    log,
    onSpawn: (worker) => extension?.workerStarted?.(linkTo(worker)),
    onRestart: restarted,
  });
  return { supervisor, extension };
}

/** What opening the ports needs. */
interface PortsNeeds {
  readonly host: Host;
  readonly options: ResolvedOptions;
  readonly scraping: Scraping;
  readonly workers: Workers;
  readonly server: RunningServer;
}

/** Opens the admin port and starts the workers; if either fails, nothing stays. Gives what reloads them, if asked to. */
async function openPorts(
  { host, options, scraping, workers, server }: PortsNeeds,
): Promise<{ close(): void } | undefined> {
  const { collector, scraper, scrapes, scrape, watch } = scraping;
  const { supervisor, extension } = workers;
  const { handler } = options;
  const reload = options.watch
    ? await reloadOnChange({ handler, replace: (reason) => server.replaceWorkers(reason) })
    : undefined;
  let admin: Listener | undefined;
  try {
    const reports = createReports({ collector, watch, scrapes: () => scrapes.costs });
    admin = await openAdminPort(host, options, { supervisor, server, scraper, scrape, reports });
    server.open(await supervisor.start(), admin);
    return reload;
  } catch (error) {
    admin?.abort();
    reload?.close();
    await extension?.stop();
    collector.letGo();
    throw error;
  }
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
    crashLoops: supervisor.crashLoops,
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
