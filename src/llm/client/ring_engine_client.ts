/**
 * Engines in threads of their own, reached through rings in shared memory.
 *
 * @module
 */
import { Doorbell } from "../../slab/doorbell.ts";
import { FrameReader } from "../../slab/frame_ring.ts";
import { FINISH } from "../engine/sequence.ts";
import type { RequestMetrics } from "../metrics/request_metrics.ts";
import type { Channel } from "../replica/channel.ts";
import { EngineStatus } from "../replica/engine_status.ts";
import { FrameQueue } from "../replica/frame_queue.ts";
import { decodeOutputs, type Output } from "../wire/output_frame.ts";
import {
  encodeAbort,
  encodeAdd,
  encodeResetPrefixCache,
  encodeSleep,
  encodeWake,
} from "../wire/request_frame.ts";
import {
  type EngineClient,
  type EngineLoad,
  EngineUnavailableError,
  type Generation,
  type GenerationHandle,
  type GenerationListener,
} from "./engine_client.ts";
import { ImageCache } from "./image_cache.ts";
import { Router, type RoutingPolicy } from "./router.ts";
import { RequestGroup, SequenceMeter } from "./sequence_meter.ts";

/** How often frames that found no room are tried again. */
const RETRY_MS = 2;
const IDLE_MS = 1000;
const ID_MAX = 2 ** 31 - 1;

/** An incarnation of an engine, as main announces it. All of it can be sent between threads. */
export interface EngineAddress {
  readonly engine: number;
  readonly epoch: number;
  readonly channel: Channel;
  /** The engine's doorbell. */
  readonly doorbell: SharedArrayBuffer;
  readonly status: SharedArrayBuffer;
}

interface Link {
  readonly engine: number;
  readonly epoch: number;
  readonly requests: FrameQueue;
  readonly outputs: FrameReader;
  readonly doorbell: Doorbell;
  readonly status: EngineStatus;
  /** Sequences of this worker that the engine has. */
  readonly live: Map<number, LiveSequence>;
}

interface LiveSequence {
  readonly link: Link;
  readonly listener: GenerationListener;
  readonly meter: SequenceMeter;
}

/** Options of {@linkcode RingEngineClient}. */
export interface RingClientOptions {
  /** This worker's doorbell, which the engines ring. */
  readonly doorbell: SharedArrayBuffer;
  /** The metrics of an engine's requests. */
  readonly metricsOf: (engine: number) => RequestMetrics;
  readonly routing?: RoutingPolicy;
  /** Called after outputs were handed on, so that what was counted becomes visible. */
  readonly publish?: () => void;
  /** Takes what a listener threw; the sequence ends as aborted. */
  readonly onError?: (error: unknown) => void;
}

/** The engines as one API worker sees them. Owner thread only. */
export class RingEngineClient implements EngineClient {
  readonly #bell: Doorbell;
  readonly #options: RingClientOptions;
  readonly #router: Router;
  readonly #links = new Map<number, Link>();
  readonly #items = new ImageCache();
  #nextId = 1;
  #closed = false;

  constructor(options: RingClientOptions) {
    this.#options = options;
    this.#bell = new Doorbell(options.doorbell);
    this.#router = new Router(options.routing ?? "least-loaded");
  }

  /** Lets an incarnation of an engine take part; what an earlier one had of this worker is lost. */
  connect(address: EngineAddress): void {
    this.disconnect(address.engine);
    this.#links.set(address.engine, {
      engine: address.engine,
      epoch: address.epoch,
      requests: new FrameQueue(address.channel.requests),
      outputs: new FrameReader(address.channel.outputs),
      doorbell: new Doorbell(address.doorbell),
      status: new EngineStatus(address.status),
      live: new Map(),
    });
    this.#bell.ring();
  }

  /** Ends all that an engine has of this worker, as aborted. With an epoch only if it is still that incarnation. */
  disconnect(engine: number, epoch?: number): void {
    const link = this.#links.get(engine);
    if (link === undefined || (epoch !== undefined && link.epoch !== epoch)) return;
    this.#receive(link);
    this.#links.delete(engine);
    // WHY: none is live any more when listeners hear of it, as they may abort the others of their request.
    const lost = [...link.live.values()];
    link.live.clear();
    for (const { meter } of lost) meter.lose(FINISH.ABORT);
    for (const { listener } of lost) this.#end(listener, FINISH.ABORT);
    this.#options.publish?.();
  }

  generate(
    sequences: readonly { generation: Generation; listener: GenerationListener }[],
    options: { arrivalMs: number; routingKey?: string },
  ): GenerationHandle[] {
    const link = this.#router.choose(this.#candidates(), options.routingKey)?.link;
    if (link === undefined) throw new EngineUnavailableError("Cannot generate: no engine is running");
    const metrics = this.#options.metricsOf(link.engine);
    const group = new RequestGroup({ n: sequences.length, arrivalMs: options.arrivalMs });
    const items = sequences[0].generation.items ?? [];
    if (items.length > 0) metrics.itemsLookedUp(items.length, this.#items.lookup(items));
    const handles = sequences.map(({ generation, listener }) => {
      const meter = new SequenceMeter(metrics, {
        group,
        promptTokens: generation.promptTokens.length,
        maxTokens: generation.maxTokens,
      });
      return this.#start(link, generation, { listener, meter });
    });
    link.doorbell.ring();
    return handles;
  }

  loads(): EngineLoad[] {
    return [...this.#links.values()].map(({ engine, status }) => ({
      engine,
      running: status.running,
      waiting: status.waiting,
      kvUsage: status.kvUsage,
      sleepLevel: status.sleepLevel,
    }));
  }

  sleep(level: 1 | 2): void {
    this.#tellAll(encodeSleep(level));
  }

  wake(): void {
    this.#tellAll(encodeWake());
  }

  resetPrefixCache(): void {
    this.#tellAll(encodeResetPrefixCache());
  }

  /** Ends {@linkcode run}. */
  close(): void {
    this.#closed = true;
    this.#bell.ring();
  }

  /** Hands outputs to their listeners until {@linkcode close}. */
  async run(): Promise<void> {
    while (!this.#closed) {
      const { count } = this.#bell;
      let pending = 0;
      let received = 0;
      for (const link of this.#links.values()) {
        if (link.requests.pendingCount > 0 && link.requests.flush()) link.doorbell.ring();
        received += this.#receive(link);
        pending += link.requests.pendingCount;
      }
      if (received > 0) this.#options.publish?.();
      await this.#bell.wait(count, pending > 0 ? RETRY_MS : IDLE_MS);
    }
  }

  #candidates(): { engine: number; load: number; link: Link }[] {
    return [...this.#links.values()].map((link) => {
      // What this worker has just sent is not in the engine's own figure yet.
      const load = Math.max(link.status.running + link.status.waiting, link.live.size);
      return { engine: link.engine, load, link };
    });
  }

  #start(
    link: Link,
    generation: Generation,
    options: { listener: GenerationListener; meter: SequenceMeter },
  ): GenerationHandle {
    const id = this.#freeId(link);
    link.live.set(id, { link, ...options });
    link.requests.push(encodeAdd({ ...generation, id }));
    const abort = () => {
      if (!link.live.delete(id)) return;
      options.meter.lose(FINISH.ABORT);
      this.#forget(link, id);
    };
    return { engine: link.engine, abort };
  }

  /** Tells the engine that a sequence is not wanted any more. */
  #forget(link: Link, id: number): void {
    link.requests.push(encodeAbort(id));
    link.doorbell.ring();
    this.#options.publish?.();
  }

  #freeId(link: Link): number {
    do this.#nextId = this.#nextId % ID_MAX + 1; while (link.live.has(this.#nextId));
    return this.#nextId;
  }

  #receive(link: Link): number {
    return link.outputs.drain((frame) => {
      const nowMs = performance.now();
      decodeOutputs(frame, (id, output) => this.#output(link, id, { output, nowMs }));
    });
  }

  #output(link: Link, id: number, event: { output: Output; nowMs: number }): void {
    const sequence = link.live.get(id);
    if (sequence === undefined) return;
    const { output, nowMs } = event;
    const { meter, listener } = sequence;
    const final = output.finish !== FINISH.NONE;
    meter.output(output, nowMs);
    let stopped: boolean;
    try {
      stopped = listener.tokens(output.tokens, { prompt: output.prompt, final });
    } catch (error) {
      return this.#fail(link, id, error);
    }
    // The listener may have aborted the sequence meanwhile.
    if (!(final || stopped) || !link.live.delete(id)) return;
    if (!final) this.#forget(link, id);
    // WHY: recorded before the listener ends the response, so that who has the whole answer finds it counted.
    const reason = stopped ? FINISH.STOP : output.finish;
    meter.finish(reason, nowMs);
    this.#options.publish?.();
    this.#end(listener, reason);
  }

  #end(listener: GenerationListener, reason: number): void {
    try {
      listener.end(reason);
    } catch (error) {
      this.#options.onError?.(error);
    }
  }

  /** Ends a sequence whose listener threw: the others of this worker go on. */
  #fail(link: Link, id: number, error: unknown): void {
    this.#options.onError?.(error);
    const sequence = link.live.get(id);
    if (sequence === undefined) return;
    link.live.delete(id);
    sequence.meter.lose(FINISH.ABORT);
    this.#forget(link, id);
  }

  #tellAll(frame: Int32Array): void {
    for (const { requests, doorbell } of this.#links.values()) {
      requests.push(frame);
      doorbell.ring();
    }
  }
}
