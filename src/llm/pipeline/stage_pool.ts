/**
 * The stage threads of a pipeline: started, connected with each other and with every API worker, replaced when they
 * end, added and removed while the server runs.
 *
 * @module
 */
import { StageLabels, type StagePlace } from "../../families/engine_labels.ts";
import type { OmniNaming } from "../../families/omni.ts";
import type { RestartReason } from "../../collect/self_metrics.ts";
import type { Host, WorkerEnd } from "../../host/types.ts";
import { EXTENSION_SLOT_FIRST, type ThreadLimits } from "../../server/extension.ts";
import { endSentence } from "../../server/workers/incarnation.ts";
import { reasonOf } from "../../server/workers/supervisor.ts";
import { createDoorbell } from "../../slab/doorbell.ts";
import { createSharedWords, SharedWords } from "../../slab/shared_words.ts";
import { createChannel } from "../replica/channel.ts";
import type { ApiWorker } from "../replica/engine_pool.ts";
import {
  KeptThread,
  RestartDelays,
  startLater,
  stopAll,
  type ThreadSlab,
  watchHearts,
} from "../replica/kept_thread.ts";
import { type ConnectionEnd, Connections } from "./connections.ts";
import type { PipelineDescription } from "./description.ts";
import { createEdgeMemory } from "./wire/edges.ts";
import {
  BINDING,
  type FromStage,
  isPlace,
  placeKey,
  type StageStart,
  type ToPipelineWorker,
  type ToStage,
} from "./wire/stage_messages.ts";
import type { BoundPlace } from "./wire/ticket.ts";

/** How often main looks whether the requests of a leaving replica have ended. */
const LOOK_MS = 20;

/** What a pool is made of. */
export interface StagePoolParts {
  readonly host: Host;
  /** The stage entry module. */
  readonly module: URL;
  readonly pipeline: PipelineDescription;
  readonly naming: OmniNaming;
  readonly deprecated: boolean;
  readonly openSlab: (place: { readonly slot: number; readonly epoch: number }) => ThreadSlab;
  readonly limits: ThreadLimits;
  readonly log: (line: string) => void;
  /** Told of each replica that is replaced. */
  readonly onRestart: (reason: RestartReason) => void;
  /** So many hops of an edge were sent and never received, because the receiver was lost. */
  readonly lost: (edge: { readonly from: StagePlace; readonly to: StagePlace }, hops: number) => void;
  /** A worker is gone that had so many requests open. */
  readonly orphaned: (requests: number) => void;
}

interface Replica extends ConnectionEnd {
  readonly thread: KeptThread;
  readonly doorbell: SharedArrayBuffer;
  leaving: boolean;
}

interface Member {
  readonly worker: ApiWorker;
  readonly doorbell: SharedArrayBuffer;
  readonly bindings: Map<Replica, SharedWords>;
}

/** The replicas of one pipeline. Main thread only. */
export class StagePool {
  readonly #parts: StagePoolParts;
  readonly #labels: StageLabels;
  readonly #replicas = new Set<Replica>();
  readonly #members = new Set<Member>();
  readonly #delays = new RestartDelays();
  /** The newest epoch of each place. WHY: of a place that was given up and taken again, threads know what is gone by it. */
  readonly #epochs = new Map<string, number>();
  readonly #connections: Connections<Replica>;
  #stopping = false;
  #endWatch: () => void = () => {};

  constructor(parts: StagePoolParts) {
    this.#parts = parts;
    this.#connections = new Connections({ naming: parts.naming, lost: parts.lost });
    // The engine index of a replica at the start: stages in order, all replicas of one before the next.
    const replicas = parts.pipeline.stages.map((stage) => stage.replicas);
    this.#labels = new StageLabels(replicas, { ids: parts.naming.ids });
  }

  /** The replicas that are ready. */
  get places(): BoundPlace[] {
    return [...this.#replicas].filter(({ thread, leaving }) => thread.isReady && !leaving).map(boundPlace);
  }

  /** Starts all replicas. Resolves when they are ready. @throws {StartError} If one ends before it is */
  async start(): Promise<void> {
    const { stages } = this.#parts.pipeline;
    const places = stages.flatMap(({ replicas }, stage) =>
      Array.from({ length: replicas }, (_, replica) => ({ stage, replica }))
    );
    try {
      await Promise.all(places.map((place) => this.#spawn(place)));
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.#endWatch = watchHearts(() => [...this.#replicas].map(({ thread }) => thread), this.#parts.limits);
  }

  /** Connects a worker to all replicas, those to come included, until it ends. */
  join(worker: ApiWorker): void {
    const member: Member = { worker, doorbell: createDoorbell(), bindings: new Map() };
    this.#members.add(member);
    const open = createSharedWords(1);
    const staying = [...this.#replicas].filter(({ leaving }) => !leaving);
    post(worker, { type: "doorbell", doorbell: member.doorbell, open, replicas: staying.length });
    for (const replica of staying) if (replica.thread.isReady) this.#connectWorker(replica, member);
    void worker.ended.then(() => {
      this.#members.delete(member);
      this.#parts.orphaned(new SharedWords(open).get(0));
      const { slot, epoch } = worker;
      for (const { thread } of this.#replicas) tell(thread, { type: "detach", slot, epoch });
    });
  }

  /** Adds a replica to a stage. Resolves with its place when it takes requests. @throws {RangeError} If there is no such stage */
  async add(stage: number): Promise<StagePlace> {
    if (this.#parts.pipeline.stages[stage] === undefined) {
      throw new RangeError(`Cannot add replica to stage "${stage}": there is no such stage`);
    }
    let replica = 0;
    while (this.#labels.engineAt({ stage, replica }) !== undefined) replica++;
    const place = { stage, replica };
    this.#labels.add(place);
    await this.#spawn(place);
    return place;
  }

  /** Removes a replica. Resolves when its requests have ended and it has too. @throws {RangeError} If there is none */
  async remove(place: StagePlace): Promise<void> {
    const replica = this.#at(place);
    const others = this.places.filter(({ stage }) => stage === place.stage).length;
    if (others < 2) {
      throw new RangeError(
        `Cannot remove replica "${place.replica}" of stage "${place.stage}": the stage has no other`,
      );
    }
    replica.leaving = true;
    for (const { worker } of this.#members) {
      post(worker, { type: "replica leaving", place: boundPlace(replica) });
    }
    const busy = () =>
      [...this.#members].some(({ bindings }) => {
        const words = bindings.get(replica);
        return words !== undefined && (words.get(BINDING.leavingSeen) === 0 || words.get(BINDING.bound) > 0);
      });
    while (busy() && this.#replicas.has(replica)) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    tell(replica.thread, { type: "stop" });
    await replica.thread.ended;
  }

  /** Ends a replica at once, as a crash would; another one takes its place. @throws {RangeError} If there is none */
  kill(place: StagePlace): void {
    this.#at(place).thread.terminate("it was killed");
  }

  /** Ends all replicas. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#endWatch();
    await stopAll([...this.#replicas].map(({ thread }) => thread));
  }

  #at(place: StagePlace): Replica {
    const replica = [...this.#replicas].find((replica) => isPlace(replica, place));
    if (replica !== undefined) return replica;
    throw new RangeError(`Cannot find replica "${place.replica}" of stage "${place.stage}": there is none`);
  }

  #spawn(place: StagePlace): Promise<void> {
    const key = placeKey(place);
    const epoch = (this.#epochs.get(key) ?? 0) + 1;
    this.#epochs.set(key, epoch);
    const { host, module, pipeline, naming, deprecated, openSlab, limits } = this.#parts;
    const engine = this.#labels.engineAt(place)!;
    const slab = openSlab({ slot: EXTENSION_SLOT_FIRST + engine, epoch });
    const doorbell = createDoorbell();
    const bound = { stage: place.stage, replica: place.replica, epoch };
    const { attachment } = slab;
    const data: StageStart = { ...bound, pipeline, naming, deprecated, engine, attachment, doorbell };
    const { name } = pipeline.stages[place.stage];
    const thread = new KeptThread({
      host,
      module,
      data,
      name: `${name}-${place.replica}`,
      title: `replica ${place.replica} of stage ${name}`,
      slab,
      limits,
      onReady: () => this.#ready(replica),
      onMessage: (message) => this.#receive(replica, message as FromStage),
      onEnd: (end) => this.#lost(replica, end),
    });
    const replica: Replica = { ...bound, slab: attachment.slab, thread, doorbell, leaving: false };
    this.#replicas.add(replica);
    return thread.ready;
  }

  #receive(replica: Replica, message: FromStage): void {
    if (message.type === "let go") this.#connections.letGo(replica, message.peer);
    if (message.type === "drained") this.#connections.drained(replica, message.peer);
  }

  /** Makes a replica known: to its neighbours before the workers, so that who is bound to it can be passed on. */
  #ready(replica: Replica): void {
    if (replica.leaving) return;
    const { edges, stages } = this.#parts.pipeline;
    for (const { from, to, ringKiB } of edges) {
      for (const other of this.#replicas) {
        if (!other.thread.isReady) continue;
        const window = stages[to].concurrency;
        if (replica.stage === from && other.stage === to) this.#connect(replica, other, { ringKiB, window });
        if (replica.stage === to && other.stage === from) this.#connect(other, replica, { ringKiB, window });
      }
    }
    for (const member of this.#members) this.#connectWorker(replica, member);
  }

  #connect(from: Replica, to: Replica, edge: { ringKiB: number; window: number }): void {
    const memory = createEdgeMemory(edge);
    const { window } = edge;
    this.#connections.add(from, to, memory);
    const source = { ...boundPlace(from), memory, doorbell: from.doorbell, window };
    tell(to.thread, { type: "source up", peer: source });
    const target = { ...boundPlace(to), memory, doorbell: to.doorbell, window };
    tell(from.thread, { type: "target up", peer: target });
  }

  #connectWorker(replica: Replica, member: Member): void {
    const { worker, doorbell } = member;
    const { slot, epoch } = worker;
    const channel = createChannel();
    const bindings = createSharedWords(BINDING.count);
    member.bindings.set(replica, new SharedWords(bindings));
    tell(replica.thread, { type: "attach", slot, epoch, channel, doorbell });
    const address = { ...boundPlace(replica), channel, doorbell: replica.doorbell, bindings };
    post(worker, { type: "replica up", address });
  }

  #lost(replica: Replica, end: WorkerEnd): void {
    const place = boundPlace(replica);
    this.#replicas.delete(replica);
    for (const { worker, bindings } of this.#members) {
      bindings.delete(replica);
      post(worker, { type: "replica down", place });
    }
    for (const { thread } of this.#connections.targetsOf(replica)) {
      tell(thread, { type: "source down", peer: place });
    }
    for (const { thread } of this.#connections.sourcesOf(replica)) {
      tell(thread, { type: "target down", peer: place });
    }
    this.#connections.ended(replica);
    if (this.#stopping) return;
    const engine = this.#labels.engineAt(place)!;
    if (replica.leaving) return this.#labels.remove(engine);
    const { log, onRestart, pipeline } = this.#parts;
    const delayMs = this.#delays.next(engine, replica.thread.startedMs);
    const { name } = pipeline.stages[place.stage];
    const why = endSentence(end, replica.thread);
    log(`replica ${place.replica} of stage ${name}: ended as ${why}; replaced in ${delayMs / 1000} s`);
    onRestart(reasonOf(end, replica.thread));
    startLater(() => {
      if (!this.#stopping) this.#spawn(place).catch(() => {});
    }, {
      delayMs,
      onFailure: (message) => log(`replica ${place.replica} of stage ${name}: not started: ${message}`),
    });
  }
}

function boundPlace({ stage, replica, epoch }: BoundPlace): BoundPlace {
  return { stage, replica, epoch };
}

function tell(thread: KeptThread, message: ToStage): void {
  thread.post(message);
}

function post(worker: ApiWorker, message: ToPipelineWorker): void {
  worker.post(message);
}
