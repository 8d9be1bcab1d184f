/**
 * Runs the requests of one replica: takes them from API workers and from the stages before, and hands on what they give.
 *
 * @module
 */
import type { StagePlace } from "../../../families/engine_labels.ts";
import { OMNI_FAMILIES } from "../../../families/omni.ts";
import { Doorbell } from "../../../slab/doorbell.ts";
import { openWorkerEnds, type WorkerAddress, type WorkerEnds } from "../../replica/channel.ts";
import type { StageDescription } from "../description.ts";
import { BytePool } from "../wire/byte_pool.ts";
import { type EdgePeer, InEdge, OutEdge } from "../wire/edges.ts";
import { type Chunk, Job, JobAborted, type JobOutlet } from "./job.ts";
import {
  encodeMessage,
  type Incoming,
  keyText,
  MESSAGE,
  type Outgoing,
  type RequestKey,
} from "../wire/message.ts";
import { decodeMessage } from "../wire/message.ts";
import type { OmniMetrics } from "../omni_metrics.ts";
import { RecentKeys } from "./recent_keys.ts";
import { sharedNowMs } from "../wire/shared_clock.ts";
import { placeKey } from "../wire/stage_messages.ts";
import type { Stage } from "./stage.ts";
import type { BoundPlace, HopTrace, StageReport, Submission, Ticket } from "../wire/ticket.ts";

/** An idle replica shows every so often that it is alive. */
const BEAT_MS = 200;
/** How often frames that found no room are tried again. */
const RETRY_MS = 2;

/** A stream of a connection with a replica before this one. */
interface InStream {
  readonly edge: InEdge;
  readonly stream: number;
}

interface Running {
  readonly job: Job;
  /** The stream it came by, which wants to know when it ends. */
  readonly source: InStream | undefined;
  /** The stream by which it goes on; undefined until the next stage knows of it. */
  stream: number | undefined;
}

/** What a runtime is made of. */
export interface RuntimeParts extends StagePlace {
  readonly description: StageDescription;
  readonly speedFactor: number;
  readonly stage: number;
  readonly work: Stage;
  readonly metrics: OmniMetrics;
  readonly doorbell: SharedArrayBuffer;
  readonly publish: () => void;
  readonly beat: () => void;
  /** Whether a request fails here, by chance. */
  readonly fails: () => boolean;
}

/** One replica's requests. Owner thread only. */
export class StageRuntime implements JobOutlet {
  readonly #parts: RuntimeParts;
  readonly #bell: Doorbell;
  /** By slot and epoch. WHY: in a rolling restart two incarnations of one slot have requests at the same time. */
  readonly #clients = new Map<string, WorkerEnds>();
  readonly #sources = new Map<string, InEdge>();
  readonly #targets = new Map<string, OutEdge>();
  readonly #jobs = new Map<string, Running>();
  readonly #queue: Running[] = [];
  readonly #pool = new BytePool();
  readonly #aborted = new RecentKeys();
  /** Incarnations of workers and of replicas that are gone. */
  readonly #detached = new RecentKeys(4096);
  readonly #gone = new RecentKeys(4096);
  readonly #waiting;
  readonly #inQueue;
  readonly #generation;
  #roomWaiters: (() => void)[] = [];
  #active = 0;
  #stopped = false;

  constructor(parts: RuntimeParts) {
    this.#parts = parts;
    this.#bell = new Doorbell(parts.doorbell);
    const { metrics, stage, description } = parts;
    this.#waiting = metrics.gauge(OMNI_FAMILIES.stageWaitingRequests, stage);
    this.#inQueue = metrics.histogram(OMNI_FAMILIES.stageInQueue, stage);
    this.#generation = metrics.histogram(OMNI_FAMILIES.stageGenTime, stage, description.kind);
  }

  /** Requests that are here, running or not. */
  get jobCount(): number {
    return this.#jobs.size;
  }

  /** An incarnation of a worker may send requests, until it is detached. Others of its slot go on with what they have. */
  attach(worker: WorkerAddress): void {
    this.#clients.set(workerKey(worker), openWorkerEnds(worker));
    this.#bell.ring();
  }

  /** An incarnation of a worker is gone and its requests with it. */
  detach(slot: number, epoch: number): void {
    const worker = workerKey({ slot, epoch });
    if (!this.#clients.delete(worker)) return;
    this.#detached.add(worker);
    for (const { job } of [...this.#jobs.values()]) {
      if (workerKey(job.key) === worker) this.#abort(job.key);
    }
    this.#bell.ring();
  }

  /** A replica of a stage before this one is there. */
  addSource(peer: EdgePeer): void {
    this.#sources.set(
      edgeKey(peer),
      new InEdge(this.#parts, peer, { metrics: this.#parts.metrics, pool: this.#pool }),
    );
    this.#bell.ring();
  }

  /** It is gone: what it had sent is taken, what it would have sent will not come. */
  dropSource(peer: BoundPlace): void {
    const edge = this.#sources.get(edgeKey(peer));
    if (edge === undefined) return;
    this.#drain(edge);
    this.#sources.delete(edgeKey(peer));
    this.#parts.publish();
  }

  /** A replica of a stage after this one is there. */
  addTarget(peer: EdgePeer): void {
    this.#targets.set(placeKey(peer), new OutEdge(this.#parts, peer, this.#parts.metrics));
    this.#wakeWaiters();
  }

  /** It is gone: nothing is written to it any more. */
  dropTarget(peer: BoundPlace): void {
    this.#gone.add(edgeKey(peer));
    if (this.#targets.get(placeKey(peer))?.peer.epoch === peer.epoch) this.#targets.delete(placeKey(peer));
    this.#wakeWaiters();
  }

  /** Ends {@linkcode run}. */
  stop(): void {
    this.#stopped = true;
    this.#bell.ring();
  }

  /** Runs until {@linkcode stop}. */
  async run(): Promise<void> {
    while (!this.#stopped) {
      const { count } = this.#bell;
      let pending = 0;
      for (const client of this.#clients.values()) {
        if (client.outputs.pendingCount > 0 && client.outputs.flush()) client.doorbell.ring();
        pending += client.outputs.pendingCount;
        client.requests.drain((frame) => this.#command(decodeMessage(frame)));
      }
      for (const edge of this.#sources.values()) this.#drain(edge);
      this.#wakeWaiters();
      this.#parts.publish();
      await this.#bell.wait(count, pending > 0 ? RETRY_MS : BEAT_MS);
      this.#parts.beat();
    }
  }

  async forward(job: Job, chunk: Chunk, last: boolean): Promise<void> {
    const running = this.#jobs.get(keyText(job.key))!;
    const place = job.ticket.path[job.step + 1];
    for (let at = 0, first = true; first || at < chunk.bytes.length; first = false) {
      const startMs = sharedNowMs();
      let hop: HopTrace | undefined;
      while (hop === undefined) {
        const edge = this.#targets.get(placeKey(place));
        // Another incarnation in the place of the one that the request is bound to does not know it.
        const there = edge?.peer.epoch === place.epoch;
        const stream = there ? streamFor(running, edge, at) : undefined;
        if (there && stream !== undefined) {
          const payload = chunk.bytes.subarray(at, at + edge.hopBytesMax);
          const part = { units: chunk.units, more: at + payload.length < chunk.bytes.length, last, stream };
          const head = running.stream === undefined ? job.ticket : undefined;
          hop = edge.send({ ...job.key, kind: MESSAGE.HOP, head, part, payload }, startMs);
          if (hop !== undefined) {
            at += payload.length;
            running.stream = stream;
          }
        }
        if (hop !== undefined) break;
        // One that is not here yet will be announced: who announced it to the worker announces it to this thread too.
        if (this.#gone.has(edgeKey(place))) {
          throw new JobAborted("Cannot hand on request: the next replica is gone");
        }
        await this.#untilWoken(job);
      }
      if (job.ticket.traced) job.sent.push(hop);
    }
  }

  async tell(job: Job, message: Omit<Outgoing, keyof RequestKey>): Promise<void> {
    const client = this.#clientOf(job.key);
    if (client === undefined) return this.#untilAttached(job, message);
    this.#send(client, { ...job.key, ...message });
    while (client.outputs.pendingCount > 0) await this.#untilWoken(job);
  }

  /** A worker may send its first requests before this thread has heard of it. */
  async #untilAttached(job: Job, message: Omit<Outgoing, keyof RequestKey>): Promise<void> {
    while (this.#clientOf(job.key) === undefined) {
      if (this.#isDetached(job.key)) throw new JobAborted("Cannot tell of request: its worker is gone");
      await this.#untilWoken(job);
    }
    await this.tell(job, message);
  }

  #isDetached(key: RequestKey): boolean {
    return this.#detached.has(workerKey(key));
  }

  #untilWoken(job: Job): Promise<void> {
    return job.until((resolve) => {
      this.#roomWaiters.push(resolve);
    });
  }

  #wakeWaiters(): void {
    const waiters = this.#roomWaiters;
    this.#roomWaiters = [];
    for (const wake of waiters) wake();
  }

  #clientOf(key: RequestKey): WorkerEnds | undefined {
    return this.#clients.get(workerKey(key));
  }

  #send(client: WorkerEnds, message: Outgoing): void {
    client.outputs.push(encodeMessage(message));
    client.doorbell.ring();
  }

  #command(message: Incoming): void {
    if (message.kind === MESSAGE.ABORT) return this.#abort(message);
    if (message.kind === MESSAGE.SLEEP) return this.#parts.work.sleep?.(message.head as number);
    if (message.kind !== MESSAGE.SUBMIT) return;
    const { ticket, prompt } = message.head as Submission;
    this.#admit(message, { ticket, prompt, source: undefined });
  }

  #drain(edge: InEdge): void {
    edge.drain((message, hop) => {
      const { part, payload } = message;
      const { stream } = part;
      if (message.head !== undefined) this.#open(message, message.head as Ticket, { edge, stream });
      const job = this.#jobs.get(keyText(message))?.job;
      if (job === undefined) {
        this.#pool.give(payload);
        return edge.consumed(stream, payload.length);
      }
      if (job.ticket.traced) job.received.push(hop);
      job.receive(payload, part, (bytes) => edge.consumed(stream, bytes));
    });
  }

  /** A request comes from a stage before. */
  #open(key: RequestKey, ticket: Ticket, source: InStream): void {
    if (this.#aborted.has(keyText(key)) || this.#isDetached(key)) return source.edge.close(source.stream);
    this.#admit(key, { ticket, prompt: [], source });
  }

  #admit(
    { slot, epoch, id }: RequestKey,
    parts: { ticket: Ticket; prompt: readonly number[]; source: InStream | undefined },
  ): void {
    const { ticket, prompt, source } = parts;
    const { stage, speedFactor } = this.#parts;
    const step = ticket.path.findIndex((place) => place.stage === stage);
    const job = new Job({ slot, epoch, id }, {
      ticket,
      step,
      prompt,
      outlet: this,
      speedFactor,
      pool: this.#pool,
    });
    const running = { job, source, stream: undefined };
    this.#jobs.set(keyText(job.key), running);
    this.#queue.push(running);
    this.#next();
  }

  /** Begins what can begin. */
  #next(): void {
    while (this.#active < this.#parts.description.concurrency && this.#queue.length > 0) {
      const running = this.#queue.shift()!;
      this.#active++;
      void this.#run(running);
    }
    this.#waiting.set(this.#queue.length);
  }

  async #run(running: Running): Promise<void> {
    const { job } = running;
    job.startedMs = sharedNowMs();
    const queuedSeconds = Math.max(0, (job.startedMs - job.cameMs) / 1000);
    try {
      if (job.step === 0) {
        const waitedSeconds = Math.max(0, (job.startedMs - job.ticket.arrivalMs) / 1000);
        await job.tell({ kind: MESSAGE.ACCEPTED, head: waitedSeconds });
      }
      if (this.#parts.fails()) throw new Error("Cannot work on request: it is set to fail");
      const result = await this.#parts.work.run(job);
      const { stage, replica } = this.#parts;
      const report: StageReport = {
        stage,
        replica,
        ...result,
        queuedSeconds,
        generationSeconds: (sharedNowMs() - job.startedMs) / 1000,
        ...(job.ticket.traced ? { sent: job.sent, received: job.received } : {}),
      };
      this.#inQueue.observe(queuedSeconds);
      this.#generation.observe(report.generationSeconds);
      this.#parts.work.record(report);
      // WHY: seen before the answer, so that who has the answer finds it counted.
      this.#parts.publish();
      await job.tell({ kind: MESSAGE.REPORT, head: report });
    } catch (error) {
      if (!(error instanceof JobAborted)) this.#fail(job, error);
    }
    this.#active--;
    this.#release(running);
  }

  #fail(job: Job, error: unknown): void {
    const client = this.#clientOf(job.key);
    const what = error instanceof Error ? error.message : String(error);
    if (client !== undefined) this.#send(client, { ...job.key, kind: MESSAGE.FAILED, head: what });
  }

  #abort(key: RequestKey): void {
    this.#aborted.add(keyText(key));
    const running = this.#jobs.get(keyText(key));
    if (running === undefined) return;
    running.job.abort();
    const queued = this.#queue.indexOf(running);
    if (queued < 0) return;
    this.#queue.splice(queued, 1);
    this.#release(running);
  }

  #release(running: Running): void {
    const { job, source } = running;
    if (this.#jobs.delete(keyText(job.key))) {
      const { bytes } = job.drop();
      source?.edge.consumed(source.stream, bytes);
      source?.edge.close(source.stream);
    }
    this.#next();
    this.#parts.publish();
  }
}

/** The stream by which a request's next hop may go now: its own, or a free one if it has none yet. */
function streamFor(running: Running, edge: OutEdge, at: number): number | undefined {
  const { stream } = running;
  if (stream === undefined) return edge.freeStream;
  // The parts of one payload are not held apart: the receiver can use none of them before it has all.
  return at > 0 || edge.mayFollow(stream) ? stream : undefined;
}

/** Which incarnation of a worker. */
function workerKey({ slot, epoch }: Pick<RequestKey, "slot" | "epoch">): string {
  return `${slot}.${epoch}`;
}

function edgeKey(peer: BoundPlace): string {
  return `${placeKey(peer)}.${peer.epoch}`;
}
