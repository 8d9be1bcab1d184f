/**
 * A server that runs, and how it ends.
 *
 * @module
 */
// CONTROL PLANE
import { hasTerminal } from "../host/program.ts";
import type { SeriesSnapshot, SnapshotQuery } from "../exposition/snapshot_types.ts";
import type { Host, Listener, SignalName } from "../host/types.ts";
import type { ResolvedOptions } from "./options.ts";
import type { Supervisor } from "./workers/supervisor.ts";

/** A server that `serve()` started. Main thread only. */
export interface Server extends AsyncDisposable {
  /** The address that is served on, as it was given. */
  readonly hostname: string;
  /** The port that was bound, also when 0 was asked for. */
  readonly port: number;
  /** Where requests go: `http://127.0.0.1:8000`. */
  readonly url: string;
  /** The admin port that was bound, if there is one. */
  readonly adminPort: number | undefined;
  /** Where the admin port is, if there is one: `http://127.0.0.1:9464`. */
  readonly adminUrl: string | undefined;
  /** How many workers there are. */
  readonly workers: number;
  /** Resolves when the server has ended, by {@linkcode Server.drain} or by a signal. */
  readonly finished: Promise<void>;
  /**
   * The values of all workers as plain objects, without a request.
   *
   * @param query which series are wanted; all by default
   * @returns one element for each series, sorted by family name and then by label values
   */
  snapshot(query?: SnapshotQuery): Promise<SeriesSnapshot[]>;
  /**
   * Replaces every worker by a new one, which accepts before the old one stops to; what the old one has accepted, it
   * finishes. Resolves when all new ones accept.
   *
   * @throws {StartError} If a new worker does not start; then the old ones that are left go on
   */
  restart(): Promise<void>;
  /** Stops accepting, lets every accepted request and stream end within `drainSeconds`, then ends the server. */
  drain(): Promise<void>;
  /** Ends the server at once. */
  stop(): Promise<void>;
}

/** What a running server is made of. */
export interface RunningServerParts {
  readonly host: Host;
  readonly options: ResolvedOptions;
  readonly supervisor: Supervisor;
  readonly snapshot: (query?: SnapshotQuery) => Promise<SeriesSnapshot[]>;
  readonly log: (line: string) => void;
  /** Whether the process has a terminal now. Default: the process's own. */
  readonly hasTerminal?: () => boolean;
}

/** How the process ends when a second signal cuts the drain: 128 and the signal's number, as shells have it. */
const EXIT_CODES = { SIGTERM: 143, SIGINT: 130 } as const;

/**
 * For how many milliseconds a signal is taken for the first one told twice. Ctrl-C goes to every process of the
 * terminal's group, and `deno task` hands its own on to the server too.
 */
const SAME_SIGNAL_MS = 500;

/** How long the admin port may take to end what it is answering, after the workers have ended. */
const ADMIN_CLOSE_MS = 500;

/** The one implementation of {@linkcode Server}. */
export class RunningServer implements Server {
  readonly workers: number;
  readonly hostname: string;
  readonly finished: Promise<void>;
  port = 0;
  adminPort: number | undefined;
  draining = false;
  readonly #parts: RunningServerParts;
  readonly #finished = Promise.withResolvers<void>();
  #admin: Listener | undefined;
  #ending: Promise<void> | undefined;
  #ignoreSignals: (() => void)[] = [];
  #signalAtMs = -Infinity;
  /** When a signal told the server to end: who gave it sees in the log when that was done. */
  #toldToEndMs: number | undefined;

  constructor(parts: RunningServerParts) {
    this.#parts = parts;
    this.workers = parts.options.workers;
    this.hostname = parts.options.hostname;
    this.finished = this.#finished.promise;
  }

  /** Says that the ports are open. */
  open(port: number, admin: Listener | undefined): void {
    this.port = port;
    this.#admin = admin;
    this.adminPort = admin?.port;
    if (!this.#parts.options.handleSignals) return;
    const { host } = this.#parts;
    this.#ignoreSignals = (["SIGTERM", "SIGINT"] as const).map((name) =>
      host.onSignal(name, () => this.#onSignal(name))
    );
    const { hasTerminal: hasOne = hasTerminal } = this.#parts;
    const hadTerminal = hasOne();
    this.#ignoreSignals.push(host.onSignal("SIGHUP", () => this.#onHangUp(hadTerminal && !hasOne())));
  }

  get url(): string {
    const scheme = this.#parts.options.tls === undefined ? "http" : "https";
    return `${scheme}://${authority(this.hostname, this.port)}`;
  }

  get adminUrl(): string | undefined {
    if (this.adminPort === undefined) return undefined;
    const scheme = this.#parts.options.adminTls === undefined ? "http" : "https";
    return `${scheme}://${authority(this.#parts.options.adminHostname, this.adminPort)}`;
  }

  snapshot(query?: SnapshotQuery): Promise<SeriesSnapshot[]> {
    return this.#parts.snapshot(query);
  }

  async restart(): Promise<void> {
    if (this.draining) throw new Error("Cannot restart workers: the server is ending");
    await this.#parts.supervisor.restart();
  }

  drain(): Promise<void> {
    return this.#ending ??= this.#end(() => this.#parts.supervisor.drain(this.#parts.options.drainSeconds));
  }

  stop(): Promise<void> {
    // A drain that is under way ends as soon as its workers are gone.
    const stopped = this.#parts.supervisor.stop("the server was stopped");
    return this.#ending ??= this.#end(() => stopped);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #end(endWorkers: () => Promise<void>): Promise<void> {
    this.draining = true;
    await endWorkers();
    await this.#parts.options.extension?.stop();
    await this.#closeAdmin();
    for (const ignore of this.#ignoreSignals) ignore();
    if (this.#toldToEndMs !== undefined) {
      const seconds = (performance.now() - this.#toldToEndMs) / 1000;
      this.#parts.log(`drained in ${seconds.toFixed(1)} s`);
    }
    this.#finished.resolve();
  }

  /** The admin port closes last, so that a scrape during the drain still finds everything. */
  async #closeAdmin(): Promise<void> {
    const admin = this.#admin;
    if (admin === undefined) return;
    const cut = setTimeout(() => admin.abort(), ADMIN_CLOSE_MS);
    await admin.close();
    clearTimeout(cut);
  }

  /** The word of an operator to replace the workers, or the end of the terminal that the server was started from. */
  #onHangUp(terminalClosed: boolean): void {
    if (!terminalClosed) return void this.replaceWorkers("SIGHUP");
    if (this.draining) return;
    this.#parts.log(
      `SIGHUP, the terminal is closed: draining, at most ${this.#parts.options.drainSeconds} s`,
    );
    this.#toldToEndMs = performance.now();
    void this.drain();
  }

  /** Replaces all workers, and logs why and how it went. Never rejects. */
  async replaceWorkers(reason: string): Promise<void> {
    const { log } = this.#parts;
    if (this.draining) return;
    log(`${reason}: replacing all workers, one after the other`);
    try {
      await this.restart();
      log("all workers are replaced");
    } catch (error) {
      log(`not all workers are replaced: ${(error as Error).message}`);
    }
  }

  #onSignal(name: SignalName & keyof typeof EXIT_CODES): void {
    const { log, host, options } = this.#parts;
    const nowMs = performance.now();
    if (nowMs - this.#signalAtMs < SAME_SIGNAL_MS) return;
    this.#signalAtMs = nowMs;
    if (this.draining) {
      log(`${name} again: ending at once`);
      host.exit(EXIT_CODES[name]);
    }
    log(`${name}: draining, at most ${options.drainSeconds} s`);
    this.#toldToEndMs = performance.now();
    void this.drain();
  }
}

/** Host and port as URLs have them. */
function authority(hostname: string, port: number): string {
  return `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}
