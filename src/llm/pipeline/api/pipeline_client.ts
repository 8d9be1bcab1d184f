/**
 * A pipeline as one API worker sees it: binds requests to replicas, follows them, and counts how they end.
 *
 * @module
 */
import { Doorbell } from "../../../slab/doorbell.ts";
import { SharedWords } from "../../../slab/shared_words.ts";
import { EngineUnavailableError } from "../../client/engine_client.ts";
import { Router, type RoutingPolicy } from "../../client/router.ts";
import { FINISH } from "../../engine/sequence.ts";
import { BoundReplica } from "./bound_replica.ts";
import type { PipelineDescription, RouteName } from "../description.ts";
import { type Incoming, MESSAGE } from "../wire/message.ts";
import { OpenRequest, type RequestOutcome, type RequestWish } from "./open_request.ts";
import type { PipelineMetrics } from "../pipeline_metrics.ts";
import { sharedNowMs } from "../wire/shared_clock.ts";
import { isSame, type StageAddress } from "../wire/stage_messages.ts";
import type { BoundPlace, DataHead, StageReport } from "../wire/ticket.ts";

/** How often messages that found no room are tried again. */
const RETRY_MS = 2;
const IDLE_MS = 1000;

/** What there is of a request that did not end by itself. */
const NOTHING = { reports: [], textTokens: 0, trace: {} } as const;

/** Options of {@linkcode PipelineClient}. */
export interface PipelineClientOptions {
  readonly pipeline: PipelineDescription;
  /** This worker. */
  readonly slot: number;
  readonly epoch: number;
  readonly doorbell: SharedArrayBuffer;
  /** Where main looks how many requests are open. */
  readonly open: SharedArrayBuffer;
  readonly metrics: PipelineMetrics;
  readonly routing: RoutingPolicy;
  readonly publish: () => void;
}

/** A request in progress. */
export interface RequestHandle {
  /** Resolves with how it ended. Never rejects. */
  readonly ended: Promise<RequestOutcome>;
  /** Ends it because nobody wants its output any more; what has ended stays as it is. */
  abort(): void;
}

/** The pipeline of one worker. Owner thread only. */
export class PipelineClient {
  readonly #options: PipelineClientOptions;
  readonly #bell: Doorbell;
  /** One for each stage: a turn that several share would give each of them the same replica again and again. */
  readonly #routers: readonly Router[];
  readonly #openWords: SharedWords;
  readonly #replicas = new Set<BoundReplica>();
  readonly #requests = new Map<number, OpenRequest>();
  #nextId = 1;
  #running = 0;
  #closed = false;

  constructor(options: PipelineClientOptions) {
    this.#options = options;
    this.#bell = new Doorbell(options.doorbell);
    this.#routers = options.pipeline.stages.map(() => new Router(options.routing));
    this.#openWords = new SharedWords(options.open);
  }

  /** The replicas that take requests. */
  get places(): BoundPlace[] {
    return [...this.#replicas].filter(({ leaving }) => !leaving).map(({ place }) => place);
  }

  /** Requests of this worker that no stage has begun with. */
  get waitingCount(): number {
    return this.#requests.size - this.#running;
  }

  /** Requests that the pipeline works on. */
  get runningCount(): number {
    return this.#running;
  }

  /** A replica is there. */
  connect(address: StageAddress): void {
    this.#replicas.add(new BoundReplica(address));
    this.#options.metrics.replica(this.#options.pipeline, address);
    this.#bell.ring();
  }

  /** A replica takes no further requests. */
  leave(place: BoundPlace): void {
    this.#find(place)?.leave();
  }

  /** A replica is gone, and with it the requests that need it. */
  disconnect(place: BoundPlace): void {
    const replica = this.#find(place);
    if (replica === undefined) return;
    this.#receive(replica);
    this.#replicas.delete(replica);
    for (const request of [...this.#requests.values()]) {
      if (request.needs(replica)) this.#fail(request, "replica_lost");
    }
    this.#options.publish();
  }

  /**
   * Sends a request into the pipeline.
   *
   * @throws {EngineUnavailableError} If a stage of its route has no replica
   * @throws {FrameTooLongError} If its prompt is too long for the ring to the first stage
   */
  submit(route: RouteName, wish: RequestWish): RequestHandle {
    const stages = this.#options.pipeline.routes[route] ?? [];
    const path = stages.map((stage) => this.#choose(stage, wish.routingKey));
    const request = new OpenRequest(this.#freeId(), path, wish);
    const { slot, epoch } = this.#options;
    // WHY first: a prompt that cannot be sent leaves nothing behind. Answers are taken later, by run().
    path[0].send({ slot, epoch, id: request.id, kind: MESSAGE.SUBMIT, head: request.submission() });
    this.#requests.set(request.id, request);
    for (const replica of path) replica.bind(1);
    this.#state();
    return {
      ended: request.ended,
      abort: () => {
        if (!this.#requests.has(request.id)) return;
        this.#options.metrics.aborted();
        this.#close(request, { ...NOTHING, finish: FINISH.ABORT });
      },
    };
  }

  /** Ends {@linkcode run}. */
  close(): void {
    this.#closed = true;
    this.#bell.ring();
  }

  /** Hands on what stages say until {@linkcode close}. */
  async run(): Promise<void> {
    while (!this.#closed) {
      const { count } = this.#bell;
      let pending = 0;
      for (const replica of [...this.#replicas]) {
        replica.flush();
        this.#receive(replica);
        pending += replica.pendingCount;
      }
      await this.#bell.wait(count, pending > 0 ? RETRY_MS : IDLE_MS);
    }
  }

  #choose(stage: number, key: string | undefined): BoundReplica {
    const candidates = [...this.#replicas]
      .filter((replica) => replica.stage === stage && !replica.leaving)
      .map((replica) => ({ engine: replica.replica, load: replica.boundCount, replica }));
    const chosen = this.#routers[stage].choose(candidates, key);
    if (chosen === undefined) {
      const { name } = this.#options.pipeline.stages[stage];
      throw new EngineUnavailableError(`Cannot send request: stage "${name}" has no replica`);
    }
    return chosen.replica;
  }

  #find(place: BoundPlace): BoundReplica | undefined {
    return [...this.#replicas].find((replica) => isSame(replica, place));
  }

  #freeId(): number {
    do this.#nextId = this.#nextId % (2 ** 31 - 1) + 1; while (this.#requests.has(this.#nextId));
    return this.#nextId;
  }

  #receive(replica: BoundReplica): void {
    replica.drain((message) => {
      const request = this.#requests.get(message.id);
      if (request === undefined) return;
      try {
        this.#take(request, replica, message);
      } catch (error) {
        console.error("promslab: an answer failed:", error);
        this.#options.metrics.aborted();
        this.#close(request, { ...NOTHING, finish: FINISH.ABORT });
      }
    });
  }

  #take(request: OpenRequest, replica: BoundReplica, message: Incoming): void {
    const { metrics } = this.#options;
    switch (message.kind) {
      case MESSAGE.ACCEPTED:
        request.accepted(message.head as number);
        this.#running++;
        metrics.accepted(message.head as number);
        this.#state();
        break;
      case MESSAGE.TOKENS:
        request.tokens(new Int32Array(message.payload.buffer));
        break;
      case MESSAGE.DATA:
        request.data(message.payload, message.head as DataHead, { place: replica.place, metrics });
        break;
      case MESSAGE.REPORT:
        request.reported(replica, message.head as StageReport);
        if (request.isComplete) this.#finish(request);
        break;
      case MESSAGE.FAILED:
        this.#fail(request, "stage_error", message.head as string);
    }
  }

  #finish(request: OpenRequest): void {
    const { metrics } = this.#options;
    const seconds = Math.max(0, (sharedNowMs() - request.arrivalMs) / 1000);
    const { promptTokens, generatedTokens, textTokens, finish } = request.totals();
    request.stopPlayback(metrics);
    metrics.finished(finish, { seconds, promptTokens, generatedTokens });
    const { reports, trace } = request;
    this.#close(request, { finish, reports, textTokens, trace: { ...trace, totalSeconds: seconds } });
  }

  #fail(request: OpenRequest, reason: "stage_error" | "replica_lost", what?: string): void {
    this.#options.metrics.failed(reason);
    this.#close(request, { ...NOTHING, finish: FINISH.ERROR, failure: { reason, what } });
  }

  /** Forgets a request that has ended; stages that still have it are told. */
  #close(request: OpenRequest, outcome: RequestOutcome): void {
    this.#requests.delete(request.id);
    if (request.isAccepted) this.#running--;
    const { slot, epoch } = this.#options;
    for (const replica of request.path) {
      replica.bind(-1);
      const known = this.#replicas.has(replica);
      if (known && request.needs(replica)) replica.send({ slot, epoch, id: request.id, kind: MESSAGE.ABORT });
    }
    this.#state();
    request.end(outcome);
  }

  #state(): void {
    this.#options.metrics.state(this.waitingCount, this.#running);
    this.#openWords.set(0, this.#requests.size);
    this.#options.publish();
  }
}
