/** Incarnations of a worker, as one replica sees them: each has requests of its own, until it is gone. */
import { assertEquals } from "@std/assert";
import { Collector } from "../../../../../src/collect/collector.ts";
import { DEFAULT_OMNI_NAMING } from "../../../../../src/families/omni.ts";
import { FINISH } from "../../../../../src/llm/engine/sequence.ts";
import type { ImageStageDescription } from "../../../../../src/llm/pipeline/description.ts";
import { OmniMetrics } from "../../../../../src/llm/pipeline/omni_metrics.ts";
import type { Job } from "../../../../../src/llm/pipeline/stages/job.ts";
import type { StageResult } from "../../../../../src/llm/pipeline/stages/stage.ts";
import { StageRuntime } from "../../../../../src/llm/pipeline/stages/stage_runtime.ts";
import { decodeMessage, encodeMessage, MESSAGE } from "../../../../../src/llm/pipeline/wire/message.ts";
import { sharedNowMs } from "../../../../../src/llm/pipeline/wire/shared_clock.ts";
import type { Submission } from "../../../../../src/llm/pipeline/wire/ticket.ts";
import { createChannel } from "../../../../../src/llm/replica/channel.ts";
import { FrameQueue } from "../../../../../src/llm/replica/frame_queue.ts";
import { Registry } from "../../../../../src/registry/registry.ts";
import { createDoorbell, Doorbell } from "../../../../../src/slab/doorbell.ts";
import { FrameReader } from "../../../../../src/slab/frame_ring.ts";
import { alive } from "../../../../_support/engine_pair.ts";
import { sampleValue } from "../../../../_support/sample_value.ts";
import { waitFor } from "../../../../_support/wait_for.ts";

const DESCRIPTION: ImageStageDescription = {
  name: "a",
  kind: "image",
  replicas: 1,
  concurrency: 1,
  errorRate: 0,
  width: 8,
  height: 8,
  decodeMs: 0,
};
const RESULT: StageResult = { promptTokens: 1, generatedTokens: 1, finish: FINISH.STOP };

/** A replica whose work ends when a test says so. */
class Replica implements AsyncDisposable {
  readonly registry = new Registry({ slabBytes: 1 << 20 });
  readonly collector = new Collector(this.registry);
  readonly bell = createDoorbell();
  /** What it works on. */
  readonly jobs: Job[] = [];
  readonly runtime: StageRuntime;
  readonly #release = Promise.withResolvers<void>();
  readonly #running: Promise<void>;

  constructor(concurrency: number) {
    const metrics = new OmniMetrics({ model: "m", naming: DEFAULT_OMNI_NAMING, registry: this.registry });
    this.runtime = new StageRuntime({
      stage: 0,
      replica: 0,
      description: { ...DESCRIPTION, concurrency },
      speedFactor: 1,
      work: {
        run: async (job) => {
          this.jobs.push(job);
          await job.until((resolve) => void this.#release.promise.then(resolve));
          return RESULT;
        },
        record: () => {},
      },
      metrics,
      doorbell: this.bell,
      publish: () => {},
      beat: () => {},
      fails: () => false,
    });
    this.#running = this.runtime.run();
  }

  /** Attaches an incarnation of a worker. */
  addWorker(place: { slot: number; epoch: number }): Worker {
    const channel = createChannel();
    this.runtime.attach({ ...place, channel, doorbell: createDoorbell() });
    return new Worker(place, { requests: channel.requests, outputs: channel.outputs, bell: this.bell });
  }

  /** Lets all work end. */
  release(): void {
    this.#release.resolve();
  }

  get waiting(): number {
    return sampleValue(this.collector, "vllm:omni_stage_waiting_requests");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.runtime.stop();
    await this.#running;
  }
}

/** A worker's ends of its channel. */
class Worker {
  /** What it was told: the request, and the kind of the message. */
  readonly told: [id: number, kind: number][] = [];
  readonly #place: { slot: number; epoch: number };
  readonly #requests: FrameQueue;
  readonly #outputs: FrameReader;
  readonly #bell: Doorbell;

  constructor(
    place: { slot: number; epoch: number },
    ends: { requests: SharedArrayBuffer; outputs: SharedArrayBuffer; bell: SharedArrayBuffer },
  ) {
    this.#place = place;
    this.#requests = new FrameQueue(ends.requests);
    this.#outputs = new FrameReader(ends.outputs);
    this.#bell = new Doorbell(ends.bell);
  }

  submit(id: number): void {
    const path = [{ stage: 0, replica: 0, epoch: 1 }];
    const head: Submission = {
      ticket: {
        path,
        arrivalMs: sharedNowMs(),
        textStep: -1,
        maxTokens: 1,
        limited: false,
        ignoreEos: false,
        seed: 1,
        traced: false,
      },
      prompt: [1],
    };
    this.#requests.push(encodeMessage({ ...this.#place, id, kind: MESSAGE.SUBMIT, head }));
    this.#bell.ring();
  }

  /** Takes what has come. */
  read(): [id: number, kind: number][] {
    this.#outputs.drain((frame) => {
      const { id, kind } = decodeMessage(frame);
      this.told.push([id, kind]);
    });
    return this.told;
  }
}

Deno.test("StageRuntime keeps two incarnations of a slot apart, as a rolling restart has them", () =>
  alive(async () => {
    await using replica = new Replica(8);
    const old = replica.addWorker({ slot: 0, epoch: 1 });
    old.submit(1);
    await waitFor(() => replica.jobs.length === 1, { what: "the first request" });
    const fresh = replica.addWorker({ slot: 0, epoch: 2 });
    fresh.submit(1);
    await waitFor(() => replica.jobs.length === 2, { what: "the successor's request" });
    assertEquals(replica.jobs.map(({ aborted }) => aborted), [false, false]);
    replica.release();
    const whole: [number, number][] = [[1, MESSAGE.ACCEPTED], [1, MESSAGE.REPORT]];
    await waitFor(() => old.read().length + fresh.read().length >= 4, { what: "both to be told" });
    assertEquals([old.told, fresh.told], [whole, whole]);
    assertEquals(replica.runtime.jobCount, 0);
    replica.runtime.detach(0, 1);
    fresh.submit(2);
    await waitFor(() => fresh.read().length === 4, { what: "the successor, which stays attached" });
  }));

Deno.test("StageRuntime ends what one incarnation of a slot leaves behind, and nothing of the other", () =>
  alive(async () => {
    await using replica = new Replica(2);
    const old = replica.addWorker({ slot: 0, epoch: 1 });
    for (const id of [1, 2, 3]) old.submit(id);
    await waitFor(() => replica.runtime.jobCount === 3, { what: "the old one's requests" });
    const fresh = replica.addWorker({ slot: 0, epoch: 2 });
    fresh.submit(1);
    await waitFor(() => replica.runtime.jobCount === 4, { what: "the successor's request" });
    assertEquals(replica.waiting, 2);
    replica.runtime.detach(0, 1);
    await waitFor(() => replica.jobs.length === 3, { what: "the successor's request to begin" });
    assertEquals([replica.runtime.jobCount, replica.waiting], [1, 0]);
    replica.release();
    await waitFor(() => fresh.read().length === 2, { what: "the successor to be told" });
    assertEquals(fresh.told, [[1, MESSAGE.ACCEPTED], [1, MESSAGE.REPORT]]);
    assertEquals(old.read().map(([, kind]) => kind), [MESSAGE.ACCEPTED, MESSAGE.ACCEPTED]);
    assertEquals(replica.runtime.jobCount, 0);
  }));
