/**
 * The engine threads of a server: started, connected to every API worker, replaced when they end.
 *
 * @module
 */
import type { RestartReason } from "../../collect/self_metrics.ts";
import type { Host, WorkerEnd, WorkerThread } from "../../host/types.ts";
import type { ThreadLimits } from "../../server/extension.ts";
import { endSentence } from "../../server/workers/incarnation.ts";
import { StartError } from "../../server/start_error.ts";
import { HUNG, reasonOf } from "../../server/workers/supervisor.ts";
import { createDoorbell } from "../../slab/doorbell.ts";
import type { EngineAddress } from "../client/ring_engine_client.ts";
import { createChannel } from "./channel.ts";
import { createEngineStatus, EngineStatus } from "./engine_status.ts";
import type { EngineStart, FromEngine, ReplicaCommon, ToApiWorker, ToEngine } from "./thread_messages.ts";

/** Engine slabs have slots beyond those of any API worker; they label what is told of the engine's thread. */
const FIRST_SLOT = 4096;
const RESTART_MS = { first: 50, max: 5000 } as const;
/** An engine that ran for this long before it ended did not end because of its start. */
const STABLE_MS = 10_000;
/** How often the engines' hearts are looked at. */
const HANG_CHECK_MS = 500;

/** The memory of one engine incarnation, as the server keeps it. */
export interface EngineSlab {
  readonly attachment: EngineStart["attachment"];
  /** How many milliseconds ago the engine's heart was seen to beat. */
  heartbeatAgeMs(): number;
  leave(end: { readonly proven: boolean }): void;
}

/** An API worker as the pool sees it. */
export interface ApiWorker {
  readonly slot: number;
  readonly epoch: number;
  post(message: unknown): void;
  readonly ended: Promise<unknown>;
}

/** What a pool is made of. */
export interface EnginePoolParts {
  readonly host: Host;
  /** The engine entry module. */
  readonly module: URL;
  readonly count: number;
  readonly common: ReplicaCommon;
  readonly openSlab: (place: { readonly slot: number; readonly epoch: number }) => EngineSlab;
  readonly limits: ThreadLimits;
  readonly log: (line: string) => void;
  /** Told of each engine that is replaced. */
  readonly onRestart: (reason: RestartReason) => void;
}

interface Replica {
  readonly engine: number;
  readonly epoch: number;
  readonly thread: WorkerThread;
  readonly slab: EngineSlab;
  readonly doorbell: SharedArrayBuffer;
  readonly status: SharedArrayBuffer;
  readonly startedMs: number;
  /** When it said that it is ready; undefined before. */
  readyMs: number | undefined;
  /** Why the main thread ended it, if it did. */
  terminatedFor: string | undefined;
}

interface Member {
  readonly worker: ApiWorker;
  readonly doorbell: SharedArrayBuffer;
}

/** The engines of one server. Main thread only. */
export class EnginePool {
  readonly #parts: EnginePoolParts;
  readonly #replicas = new Map<number, Replica>();
  readonly #members = new Set<Member>();
  readonly #restarts = new Map<number, number>();
  #stopping = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(parts: EnginePoolParts) {
    this.#parts = parts;
  }

  /** Engines that are ready. */
  get readyCount(): number {
    return [...this.#replicas.values()].filter(({ readyMs }) => readyMs !== undefined).length;
  }

  /** The load of the engines that are ready, by number. */
  statuses(): { engine: number; status: EngineStatus }[] {
    return [...this.#replicas.values()].filter(({ readyMs }) => readyMs !== undefined)
      .map(({ engine, status }) => ({ engine, status: new EngineStatus(status) }));
  }

  /** Starts the engines. Resolves when all of them are ready. @throws {StartError} If one ends before it is */
  async start(): Promise<void> {
    try {
      await Promise.all(Array.from({ length: this.#parts.count }, (_, engine) => this.#spawn(engine, 1)));
    } catch (error) {
      await this.stop();
      throw error;
    }
    if (this.#parts.limits.hangSeconds > 0) {
      this.#timer = setInterval(() => this.#checkHangs(), HANG_CHECK_MS);
    }
  }

  /** Connects a worker to all engines, those to come included, until it ends. */
  join(worker: ApiWorker): void {
    const member = { worker, doorbell: createDoorbell() };
    this.#members.add(member);
    post(worker, { type: "doorbell", doorbell: member.doorbell });
    for (const replica of this.#replicas.values()) {
      if (replica.readyMs !== undefined) this.#connect(replica, member);
    }
    void worker.ended.then(() => {
      this.#members.delete(member);
      const { slot, epoch } = worker;
      for (const { thread } of this.#replicas.values()) tell(thread, { type: "detach", slot, epoch });
    });
  }

  /** Ends an engine at once, as a crash would; another one takes its place. */
  kill(engine: number): void {
    this.#terminate(this.#replicas.get(engine), "it was killed");
  }

  /** Ends all engines. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#timer);
    const threads = [...this.#replicas.values()].map(({ thread }) => thread);
    for (const thread of threads) tell(thread, { type: "stop" });
    const cut = setTimeout(() => threads.forEach((thread) => thread.terminate()), 2000);
    await Promise.all(threads.map(({ ended }) => ended));
    clearTimeout(cut);
  }

  #spawn(engine: number, epoch: number): Promise<void> {
    const { host, module, common, openSlab } = this.#parts;
    const slab = openSlab({ slot: FIRST_SLOT + engine, epoch });
    const doorbell = createDoorbell();
    const status = createEngineStatus();
    const data: EngineStart = { ...common, engine, epoch, attachment: slab.attachment, doorbell, status };
    const thread = host.spawn({ module, data, name: `engine-${engine}` });
    const replica: Replica = {
      engine,
      epoch,
      thread,
      slab,
      doorbell,
      status,
      startedMs: performance.now(),
      readyMs: undefined,
      terminatedFor: undefined,
    };
    this.#replicas.set(engine, replica);
    const { startSeconds } = this.#parts.limits;
    const late = setTimeout(
      () => this.#terminate(replica, `it was not ready within ${startSeconds} s`),
      startSeconds * 1000,
    );
    return new Promise((resolve, reject) => {
      thread.onMessage((message) => {
        if ((message as FromEngine).type !== "ready") return;
        clearTimeout(late);
        replica.readyMs = performance.now();
        for (const member of this.#members) this.#connect(replica, member);
        resolve();
      });
      void thread.ended.then((end) => {
        clearTimeout(late);
        const why = endSentence(end, replica);
        reject(
          new StartError("WORKER_FAILED", `Cannot start engine ${engine}: ${why}`, { cause: end.error }),
        );
        slab.leave(end);
        this.#lost(replica, end);
      });
    });
  }

  /** Ends engines whose threads do not beat any more, as a loop without end or a blocked call leaves them. */
  #checkHangs(): void {
    const limitMs = this.#parts.limits.hangSeconds * 1000;
    const nowMs = performance.now();
    for (const replica of this.#replicas.values()) {
      const { readyMs, slab } = replica;
      // WHY: its first beat comes after it is ready, and its start may have taken longer than the limit.
      if (readyMs === undefined || nowMs - readyMs < limitMs || slab.heartbeatAgeMs() < limitMs) continue;
      this.#terminate(replica, HUNG);
    }
  }

  #terminate(replica: Replica | undefined, reason: string): void {
    if (replica === undefined) return;
    replica.terminatedFor ??= reason;
    replica.thread.terminate();
  }

  #connect(replica: Replica, member: Member): void {
    const { engine, epoch, doorbell, status, thread } = replica;
    const { worker } = member;
    const channel = createChannel();
    const address: EngineAddress = { engine, epoch, channel, doorbell, status };
    tell(thread, {
      type: "attach",
      slot: worker.slot,
      epoch: worker.epoch,
      channel,
      doorbell: member.doorbell,
    });
    post(worker, { type: "engine up", address });
  }

  #lost(replica: Replica, end: WorkerEnd): void {
    const { engine, epoch, startedMs } = replica;
    this.#replicas.delete(engine);
    for (const { worker } of this.#members) post(worker, { type: "engine down", engine, epoch });
    if (this.#stopping) return;
    const { log, onRestart } = this.#parts;
    const count = performance.now() - startedMs > STABLE_MS ? 0 : this.#restarts.get(engine) ?? 0;
    this.#restarts.set(engine, count + 1);
    const delayMs = Math.min(RESTART_MS.max, RESTART_MS.first * 2 ** count);
    log(`engine ${engine}: ended as ${endSentence(end, replica)}; replaced in ${delayMs / 1000} s`);
    onRestart(reasonOf(end, replica));
    setTimeout(() => {
      // What kept it from starting is said when it ends, which leads to the next try.
      if (!this.#stopping) this.#spawn(engine, epoch + 1).catch(() => {});
    }, delayMs);
  }
}

function tell(thread: WorkerThread, message: ToEngine): void {
  thread.post(message);
}

function post(worker: ApiWorker, message: ToApiWorker): void {
  worker.post(message);
}
