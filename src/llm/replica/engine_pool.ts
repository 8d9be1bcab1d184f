/**
 * The engine threads of a server: started, connected to every API worker, replaced when they end.
 *
 * @module
 */
import type { RestartReason } from "../../collect/self_metrics.ts";
import type { Host, WorkerEnd } from "../../host/types.ts";
import { EXTENSION_SLOT_FIRST, type ThreadLimits } from "../../server/extension.ts";
import { endSentence } from "../../server/workers/incarnation.ts";
import { reasonOf } from "../../server/workers/supervisor.ts";
import { createDoorbell } from "../../slab/doorbell.ts";
import type { EngineAddress } from "../client/ring_engine_client.ts";
import { createChannel } from "./channel.ts";
import { createEngineStatus, EngineStatus } from "./engine_status.ts";
import {
  KeptThread,
  RestartDelays,
  startLater,
  stopAll,
  type ThreadSlab,
  watchHearts,
} from "./kept_thread.ts";
import type { EngineStart, ReplicaCommon, ToApiWorker, ToEngine } from "./thread_messages.ts";

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
  readonly openSlab: (place: { readonly slot: number; readonly epoch: number }) => ThreadSlab;
  readonly limits: ThreadLimits;
  readonly log: (line: string) => void;
  /** Told of each engine that is replaced. */
  readonly onRestart: (reason: RestartReason) => void;
}

interface Replica {
  readonly engine: number;
  readonly epoch: number;
  readonly thread: KeptThread;
  readonly doorbell: SharedArrayBuffer;
  readonly status: SharedArrayBuffer;
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
  readonly #delays = new RestartDelays();
  #stopping = false;
  #endWatch: () => void = () => {};

  constructor(parts: EnginePoolParts) {
    this.#parts = parts;
  }

  /** Engines that are ready. */
  get readyCount(): number {
    return [...this.#replicas.values()].filter(({ thread }) => thread.isReady).length;
  }

  /** The load of the engines that are ready, by number. */
  statuses(): { engine: number; status: EngineStatus }[] {
    return [...this.#replicas.values()].filter(({ thread }) => thread.isReady)
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
    const threads = () => [...this.#replicas.values()].map(({ thread }) => thread);
    this.#endWatch = watchHearts(threads, this.#parts.limits);
  }

  /** Connects a worker to all engines, those to come included, until it ends. */
  join(worker: ApiWorker): void {
    const member = { worker, doorbell: createDoorbell() };
    this.#members.add(member);
    post(worker, { type: "doorbell", doorbell: member.doorbell });
    for (const replica of this.#replicas.values()) {
      if (replica.thread.isReady) this.#connect(replica, member);
    }
    void worker.ended.then(() => {
      this.#members.delete(member);
      const { slot, epoch } = worker;
      for (const { thread } of this.#replicas.values()) tell(thread, { type: "detach", slot, epoch });
    });
  }

  /** Ends an engine at once, as a crash would; another one takes its place. */
  kill(engine: number): void {
    this.#replicas.get(engine)?.thread.terminate("it was killed");
  }

  /** Ends all engines. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#endWatch();
    await stopAll([...this.#replicas.values()].map(({ thread }) => thread));
  }

  #spawn(engine: number, epoch: number): Promise<void> {
    const { host, module, common, openSlab, limits } = this.#parts;
    const slab = openSlab({ slot: EXTENSION_SLOT_FIRST + engine, epoch });
    const doorbell = createDoorbell();
    const status = createEngineStatus();
    const data: EngineStart = { ...common, engine, epoch, attachment: slab.attachment, doorbell, status };
    const thread = new KeptThread({
      host,
      module,
      data,
      name: `engine-${engine}`,
      title: `engine ${engine}`,
      slab,
      limits,
      onReady: () => {
        for (const member of this.#members) this.#connect(replica, member);
      },
      onEnd: (end) => this.#lost(replica, end),
    });
    const replica: Replica = { engine, epoch, thread, doorbell, status };
    this.#replicas.set(engine, replica);
    return thread.ready;
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
    const { engine, epoch, thread } = replica;
    this.#replicas.delete(engine);
    for (const { worker } of this.#members) post(worker, { type: "engine down", engine, epoch });
    if (this.#stopping) return;
    const { log, onRestart } = this.#parts;
    const delayMs = this.#delays.next(engine, thread.startedMs);
    log(`engine ${engine}: ended as ${endSentence(end, thread)}; replaced in ${delayMs / 1000} s`);
    onRestart(reasonOf(end, thread));
    startLater(() => {
      // What kept it from starting is said when it ends, which leads to the next try.
      if (!this.#stopping) this.#spawn(engine, epoch + 1).catch(() => {});
    }, { delayMs, onFailure: (message) => log(`engine ${engine}: not started: ${message}`) });
  }
}

function tell(thread: KeptThread, message: ToEngine): void {
  thread.post(message);
}

function post(worker: ApiWorker, message: ToApiWorker): void {
  worker.post(message);
}
