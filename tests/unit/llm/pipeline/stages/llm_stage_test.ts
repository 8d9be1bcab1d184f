import { assertEquals, assertRejects } from "@std/assert";
import type { EngineRequest } from "../../../../../src/llm/engine/engine_request.ts";
import { engineConfig } from "../../../../../src/llm/engine/engine_config.ts";
import { FINISH, Sequence } from "../../../../../src/llm/engine/sequence.ts";
import type { RequestMetrics } from "../../../../../src/llm/metrics/request_metrics.ts";
import type { LlmStageDescription } from "../../../../../src/llm/pipeline/description.ts";
import type { EngineDriver, SequenceListener } from "../../../../../src/llm/pipeline/stages/engine_driver.ts";
import { Job, JobAborted, type JobOutlet } from "../../../../../src/llm/pipeline/stages/job.ts";
import { LlmStage } from "../../../../../src/llm/pipeline/stages/llm_stage.ts";
import { StageFailure } from "../../../../../src/llm/pipeline/stages/stage.ts";
import { BytePool } from "../../../../../src/llm/pipeline/wire/byte_pool.ts";
import { MESSAGE } from "../../../../../src/llm/pipeline/wire/message.ts";
import type { Ticket } from "../../../../../src/llm/pipeline/wire/ticket.ts";
import { packTokens, unpackTokens } from "../../../../../src/llm/pipeline/wire/token_payload.ts";

const BYTES_PER_TOKEN = 8;

/** A stage whose engine a test plays, the job that it works on, and what becomes of both. */
class Harness {
  readonly recorded: string[] = [];
  /** Tokens that went to the client, and payloads that went to the next stage. */
  readonly told: number[][] = [];
  readonly forwarded: [tokens: number[], units: number, last: boolean][] = [];
  readonly aborted: number[] = [];
  readonly slept: number[] = [];
  readonly stage: LlmStage;
  readonly job: Job;
  request!: Omit<EngineRequest, "id" | "client">;
  #listener!: SequenceListener;
  #sequence!: Sequence;
  #isFirst = true;

  constructor(
    options: {
      step?: number;
      stages?: number;
      prompt?: number[];
      ticket?: Partial<Ticket>;
      stage?: Partial<LlmStageDescription>;
      outlet?: Partial<JobOutlet>;
    } = {},
  ) {
    const note = (what: string) => (...args: unknown[]) => void this.recorded.push([what, ...args].join(" "));
    this.stage = new LlmStage({
      description: {
        name: "a",
        kind: "llm",
        replicas: 1,
        concurrency: 1,
        errorRate: 0,
        engine: engineConfig({ maxModelLen: 16 }),
        outputRatio: 2,
        chunkTokens: 3,
        ...options.stage,
      },
      driver: {
        add: (request: Omit<EngineRequest, "id" | "client">, listener: SequenceListener) => {
          this.request = request;
          this.#listener = listener;
          this.#sequence = new Sequence({ ...request, id: 9, client: 0 }, {
            stream: { ended: false, next: () => 1 },
            queuedUs: 0,
          });
          return 9;
        },
        abort: (id: number) => void this.aborted.push(id),
        sleep: (level: number) => void this.slept.push(level),
      } as unknown as EngineDriver,
      metrics: {
        first: note("first"),
        next() {},
        generated: note("generated"),
        finished: ({ finish, generatedTokens }: { finish: number; generatedTokens: number }) =>
          note("finished")(finish, generatedTokens),
        requestFinished: note("request"),
        ended: note("ended"),
      } as unknown as RequestMetrics,
      edgeTo: (to) => ({ from: 0, to, ringKiB: 1, bytesPerToken: BYTES_PER_TOKEN }),
      edgeFrom: (from) => ({ from, to: 1, ringKiB: 1, bytesPerToken: BYTES_PER_TOKEN }),
    });
    const { step = 0, stages = 2 } = options;
    this.job = new Job({ slot: 0, epoch: 1, id: 1 }, {
      ticket: {
        path: Array.from({ length: stages }, (_, stage) => ({ stage, replica: 0, epoch: 1 })),
        arrivalMs: 0,
        textStep: 0,
        maxTokens: 5,
        limited: false,
        ignoreEos: false,
        seed: 7,
        traced: false,
        ...options.ticket,
      },
      step,
      prompt: options.prompt ?? [1, 2, 3],
      outlet: {
        forward: (_, { bytes, units }, last) => {
          const tokens = unpackTokens(bytes, BYTES_PER_TOKEN);
          return Promise.resolve(void this.forwarded.push([tokens, units, last]));
        },
        tell: (_, { kind, payload }) => {
          assertEquals(kind, MESSAGE.TOKENS);
          return Promise.resolve(void this.told.push([...new Int32Array(payload!.slice().buffer)]));
        },
        ...options.outlet,
      },
      speedFactor: 1,
      pool: new BytePool(),
    });
  }

  /** The engine gives tokens; with a reason they are the last ones. */
  say(tokens: number[], finish: number = FINISH.NONE): void {
    this.#sequence.tokens.push(...tokens);
    this.#sequence.finish = finish;
    this.#listener.output(this.#sequence, { count: tokens.length, first: this.#isFirst, timeUs: 0 });
    this.#isFirst = false;
  }

  /** Takes the stage before's place. */
  input(tokens: number[], last: boolean): void {
    const bytes = packTokens(tokens, BYTES_PER_TOKEN);
    this.job.receive(bytes, { units: tokens.length, more: false, last, stream: 0 }, () => {});
  }
}

/** Lets all that can go on without a timer go on. */
async function settle(): Promise<void> {
  for (let i = 0; i < 30; i++) await Promise.resolve();
}

Deno.test("LlmStage gives tokens to the client as they come, and to the next stage in payloads of its size", async () => {
  const harness = new Harness();
  const result = harness.stage.run(harness.job);
  harness.say([11]);
  await settle();
  assertEquals([harness.told, harness.forwarded], [[[11]], []]);
  harness.say([12, 13, 14, 15, 16]);
  await settle();
  assertEquals(harness.forwarded, [[[11, 12, 13], 3, false]]);
  harness.say([17], FINISH.LENGTH);
  assertEquals(await result, { promptTokens: 3, generatedTokens: 7, finish: FINISH.LENGTH });
  assertEquals(harness.told, [[11], [12, 13, 14, 15, 16], [17]]);
  assertEquals(harness.forwarded.slice(1), [[[14, 15, 16], 3, false], [[17], 1, true]]);
});

Deno.test("LlmStage ends the next stage's input also where its last token was not the end", async () => {
  const harness = new Harness();
  const result = harness.stage.run(harness.job);
  harness.say([11]);
  await settle();
  harness.say([], FINISH.STOP);
  assertEquals((await result).generatedTokens, 1);
  assertEquals([harness.told, harness.forwarded], [[[11]], [[[11], 1, true]]]);
});

Deno.test("LlmStage that is the last one hands nothing on, and tells the client nothing if another stage does", async () => {
  const harness = new Harness({ stages: 1, ticket: { textStep: -1 } });
  const result = harness.stage.run(harness.job);
  harness.say([11, 12], FINISH.STOP);
  assertEquals((await result).generatedTokens, 2);
  assertEquals([harness.told, harness.forwarded], [[], []]);
});

Deno.test("LlmStage follows the client's limits in the first stage, as far as the context goes", () => {
  const first = new Harness({ ticket: { maxTokens: 5, limited: true, ignoreEos: true } });
  void first.stage.run(first.job).catch(() => {});
  const { maxTokens, limited, ignoreEos, seed, promptTokens } = first.request;
  assertEquals([maxTokens, limited, ignoreEos, seed, [...promptTokens as number[]]], [5, true, true, 7, [
    1,
    2,
    3,
  ]]);
  first.job.abort();
  const long = new Harness({ ticket: { maxTokens: 100 } });
  void long.stage.run(long.job).catch(() => {});
  assertEquals([long.request.maxTokens, long.request.limited, long.request.ignoreEos], [13, false, false]);
  long.job.abort();
});

Deno.test("LlmStage behind another one reads all of its tokens, and makes so many times as many", async () => {
  const harness = new Harness({ step: 1 });
  const result = harness.stage.run(harness.job);
  harness.input([5, 6], false);
  harness.input([7], true);
  await settle();
  const { promptTokens, maxTokens, ignoreEos } = harness.request;
  assertEquals([[...promptTokens as number[]], maxTokens, ignoreEos], [[5, 6, 7], 6, true]);
  harness.say([1], FINISH.LENGTH);
  assertEquals((await result).promptTokens, 3);
});

Deno.test("LlmStage keeps the end of an input that is longer than its context, and makes a token at least", async () => {
  const harness = new Harness({ step: 1, stage: { outputRatio: 0 } });
  const result = harness.stage.run(harness.job);
  harness.input(Array.from({ length: 20 }, (_, i) => i), true);
  await settle();
  const prompt = [...harness.request.promptTokens as number[]];
  assertEquals([prompt.length, prompt[0], prompt.at(-1), harness.request.maxTokens], [15, 5, 19, 1]);
  harness.say([1], FINISH.LENGTH);
  await result;
});

Deno.test("LlmStage records a request that ended by itself", async () => {
  const harness = new Harness({ stages: 1 });
  const result = harness.stage.run(harness.job);
  harness.say([11]);
  harness.say([12], FINISH.STOP);
  await result;
  assertEquals(harness.recorded.filter((what) => !what.startsWith("first")), [
    "generated 1",
    "generated 1",
    `finished ${FINISH.STOP} 2`,
    "request [object Object]",
  ]);
  assertEquals(harness.aborted, []);
});

Deno.test("LlmStage fails where its engine fails, and hands nothing more on", async () => {
  const harness = new Harness();
  const result = harness.stage.run(harness.job);
  harness.say([11]);
  harness.say([12], FINISH.ERROR);
  await assertRejects(() => result, StageFailure, "The engine failed");
  assertEquals(harness.forwarded, []);
  assertEquals(harness.recorded.at(-2), `finished ${FINISH.ERROR} 2`);
});

Deno.test("LlmStage lets its engine go and records an abort when the client leaves", async () => {
  const harness = new Harness();
  const result = harness.stage.run(harness.job);
  harness.say([11]);
  await settle();
  harness.job.abort();
  await assertRejects(() => result, JobAborted);
  assertEquals([harness.aborted, harness.recorded.at(-1)], [[9], `ended ${FINISH.ABORT}`]);
});

Deno.test("LlmStage lets its engine go when the next stage takes nothing any more", async () => {
  const gone = new Error("the replica is gone");
  const harness = new Harness({ outlet: { forward: () => Promise.reject(gone) } });
  const result = harness.stage.run(harness.job);
  harness.say([11, 12, 13, 14]);
  await assertRejects(() => result, Error, "the replica is gone");
  assertEquals([harness.aborted, harness.recorded.at(-1)], [[9], `ended ${FINISH.ABORT}`]);
});

Deno.test("LlmStage sends its engine to sleep", () => {
  const harness = new Harness();
  for (const level of [1, 2, 0]) harness.stage.sleep(level);
  assertEquals(harness.slept, [1, 2, 0]);
});
