/**
 * One engine and one API worker's client in this thread, connected as they are between threads; more on demand.
 *
 * @module
 */
import { RingEngineClient } from "../../src/llm/client/ring_engine_client.ts";
import type { Generation } from "../../src/llm/client/engine_client.ts";
import { Engine } from "../../src/llm/engine/engine.ts";
import { type EngineConfig, engineConfig } from "../../src/llm/engine/engine_config.ts";
import { PROFILES } from "../../src/llm/engine/profiles.ts";
import { SILENT_OBSERVER } from "../../src/llm/engine/engine_observer.ts";
import { featuresOf } from "../../src/llm/metrics/features.ts";
import { RequestMetrics } from "../../src/llm/metrics/request_metrics.ts";
import type { TokenSource } from "../../src/llm/engine/token_source.ts";
import { createChannel } from "../../src/llm/replica/channel.ts";
import { EngineLoop } from "../../src/llm/replica/engine_loop.ts";
import { createEngineStatus, EngineStatus } from "../../src/llm/replica/engine_status.ts";
import { Registry } from "../../src/registry/registry.ts";
import { Collector } from "../../src/collect/collector.ts";
import { createDoorbell } from "../../src/slab/doorbell.ts";
import { type Labels, sampleValue } from "./sample_value.ts";
import { countingSource } from "./engine_harness.ts";

/** The pair, its metrics and a way to read them. */
export class EnginePair {
  readonly registry = new Registry({ slabBytes: 4 << 20 });
  readonly collector = new Collector(this.registry);
  readonly clientBell = createDoorbell();
  readonly engineBell = createDoorbell();
  readonly statusBuffer = createEngineStatus();
  readonly status = new EngineStatus(this.statusBuffer);
  readonly client: RingEngineClient;
  readonly loop: EngineLoop;
  readonly engine: Engine;
  orphans = 0;
  /** What listeners threw. */
  readonly errors: unknown[] = [];
  readonly #running: Promise<void>[];
  readonly #metrics: RequestMetrics;
  /** Clients of further workers. */
  readonly #others: RingEngineClient[] = [];

  constructor(config: Partial<EngineConfig> = {}, source: TokenSource = countingSource()) {
    const complete = engineConfig({ timing: PROFILES.instant, ...config });
    this.engine = new Engine(complete, {
      source,
      observer: { ...SILENT_OBSERVER, state: (state) => this.status.publish(state) },
    });
    this.loop = new EngineLoop(this.engine, {
      doorbell: this.engineBell,
      events: { orphaned: (count) => this.orphans += count, publish: () => {}, beat: () => {} },
    });
    this.#metrics = new RequestMetrics({
      model: "m",
      engine: 0,
      tokensMax: complete.maxModelLen,
      features: featuresOf(complete),
      registry: this.registry,
    });
    this.client = this.#newClient(this.clientBell);
    this.connect(1);
    this.#running = [this.loop.run(), this.client.run()];
  }

  connect(epoch: number): void {
    const channel = createChannel();
    this.loop.attach({ slot: 0, epoch, channel, doorbell: this.clientBell });
    this.client.connect({ engine: 0, epoch, channel, doorbell: this.engineBell, status: this.statusBuffer });
  }

  /** Attaches a further worker; returns its client. */
  addWorker({ slot, epoch }: { slot: number; epoch: number }): RingEngineClient {
    const doorbell = createDoorbell();
    const client = this.#newClient(doorbell);
    const channel = createChannel();
    this.loop.attach({ slot, epoch, channel, doorbell });
    client.connect({ engine: 0, epoch: 1, channel, doorbell: this.engineBell, status: this.statusBuffer });
    this.#others.push(client);
    this.#running.push(client.run());
    return client;
  }

  #newClient(doorbell: SharedArrayBuffer): RingEngineClient {
    return new RingEngineClient({
      doorbell,
      metricsOf: () => this.#metrics,
      onError: (error) => this.errors.push(error),
    });
  }

  /** Runs a request, of the first worker unless told otherwise; resolves when it has ended. */
  generate(
    generation: Partial<Generation> = {},
    { stopAfter = Infinity, client = this.client }: { stopAfter?: number; client?: RingEngineClient } = {},
  ): { tokens: number[]; ended: Promise<number> } {
    const tokens: number[] = [];
    const ended = new Promise<number>((resolve) => {
      client.generate([{
        generation: { promptTokens: [1, 2, 3], maxTokens: 5, seed: 1, ...generation },
        listener: {
          tokens: (fresh) => (tokens.push(...fresh), tokens.length >= stopAfter),
          end: resolve,
        },
      }], { arrivalMs: performance.now() });
    });
    return { tokens, ended };
  }

  /** The value of a sample that the client's metrics have now. */
  sample(name: string, labels: Labels = {}): number {
    return sampleValue(this.collector, name, labels);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.loop.stop();
    for (const client of [this.client, ...this.#others]) client.close();
    await Promise.all(this.#running);
  }
}

/** The wait for a doorbell does not keep the event loop alive, and the test runner has nothing else to wait for. */
export async function alive(run: () => Promise<void>): Promise<void> {
  const timer = setInterval(() => {}, 1000);
  try {
    await run();
  } finally {
    clearInterval(timer);
  }
}
