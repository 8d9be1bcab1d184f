/**
 * A stage with an embedded engine: vLLM's families, labelled by stage and replica, are fed by its steps.
 *
 * @module
 */
import { RequestGroup, SequenceMeter } from "../../client/sequence_meter.ts";
import { FINISH, type Sequence } from "../../engine/sequence.ts";
import type { RequestMetrics } from "../../metrics/request_metrics.ts";
import type { EdgeDescription, LlmStageDescription } from "../description.ts";
import type { EngineDriver } from "./engine_driver.ts";
import type { Job } from "./job.ts";
import { MESSAGE } from "../wire/message.ts";
import { type Stage, StageFailure, type StageResult } from "./stage.ts";
import { packTokens, unpackTokens } from "../wire/token_payload.ts";

/** What the stage is made of. */
export interface LlmStageParts {
  readonly description: LlmStageDescription;
  readonly driver: EngineDriver;
  readonly metrics: RequestMetrics;
  /** The edge to another stage, if there is one. */
  readonly edgeTo: (stage: number) => EdgeDescription;
  /** The edge from another stage. */
  readonly edgeFrom: (stage: number) => EdgeDescription;
}

/** Tokens in, tokens out. Owner thread only. */
export class LlmStage implements Stage {
  readonly #parts: LlmStageParts;

  constructor(parts: LlmStageParts) {
    this.#parts = parts;
  }

  async run(job: Job): Promise<StageResult> {
    const prompt = job.step === 0 ? job.prompt : await this.#inputTokens(job);
    const { maxModelLen } = this.#parts.description.engine;
    const promptTokens = prompt.slice(-(maxModelLen - 1));
    const group = new RequestGroup({ n: 1, arrivalMs: performance.now() });
    const maxTokens = this.#maxTokens(job, promptTokens.length);
    const meter = new SequenceMeter(this.#parts.metrics, {
      group,
      promptTokens: promptTokens.length,
      maxTokens,
    });
    const tokens = new TokenFlow();
    const id = this.#parts.driver.add({
      promptTokens,
      maxTokens,
      limited: job.step > 0 || job.ticket.limited,
      ignoreEos: job.step > 0 || job.ticket.ignoreEos,
      seed: job.ticket.seed,
    }, {
      output: (sequence, event) => {
        record(meter, sequence, event);
        tokens.push(sequence, event.count);
      },
    });
    const end = job.onAbort(() => tokens.wake());
    try {
      const generatedTokens = await this.#handOn(job, tokens);
      if (tokens.finish === FINISH.ERROR) throw new StageFailure("The engine failed while it worked on this");
      return { promptTokens: promptTokens.length, generatedTokens, finish: tokens.finish };
    } finally {
      end();
      // Nobody takes its tokens any more, be it that the client left or that the next replica is gone.
      if (tokens.finish === FINISH.NONE) {
        this.#parts.driver.abort(id);
        meter.lose(FINISH.ABORT);
      }
    }
  }

  record(): void {
    // The engine's and the request's families were written when their events happened.
  }

  sleep(level: number): void {
    this.#parts.driver.sleep(level);
  }

  async #inputTokens(job: Job): Promise<number[]> {
    const { bytesPerToken } = this.#parts.edgeFrom(job.ticket.path[job.step - 1].stage);
    const tokens: number[] = [];
    for await (const { bytes } of job.input()) tokens.push(...unpackTokens(bytes, bytesPerToken));
    return tokens;
  }

  /** New tokens at most, so that prompt and output fit the context. */
  #maxTokens(job: Job, promptLength: number): number {
    const { engine, outputRatio } = this.#parts.description;
    const room = engine.maxModelLen - promptLength;
    const wanted = job.step === 0 ? job.ticket.maxTokens : Math.round(promptLength * outputRatio);
    return Math.max(1, Math.min(room, wanted));
  }

  /** Gives tokens to the client and to the next stage as they come; returns how many there were. */
  async #handOn(job: Job, flow: TokenFlow): Promise<number> {
    const next = job.ticket.path[job.step + 1];
    const bytesPerToken = next === undefined ? 0 : this.#parts.edgeTo(next.stage).bytesPerToken;
    const { chunkTokens } = this.#parts.description;
    let generated = 0;
    let held: number[] = [];
    for (;;) {
      const { tokens, finish } = await flow.take(job);
      generated += tokens.length;
      if (job.step === job.ticket.textStep && tokens.length > 0) {
        await job.tell({ kind: MESSAGE.TOKENS, payload: new Uint8Array(Int32Array.from(tokens).buffer) });
      }
      const ended = finish !== FINISH.NONE;
      if (ended && finish === FINISH.ERROR) return generated;
      if (next !== undefined) {
        held.push(...tokens);
        while (held.length > chunkTokens) {
          const chunk = held.slice(0, chunkTokens);
          held = held.slice(chunkTokens);
          await job.forward({ bytes: packTokens(chunk, bytesPerToken), units: chunk.length }, false);
        }
        if (ended) await job.forward({ bytes: packTokens(held, bytesPerToken), units: held.length }, true);
      }
      if (ended) return generated;
    }
  }
}

/** Tokens between the engine's steps and the stage's hands. */
class TokenFlow {
  finish: number = FINISH.NONE;
  #tokens: number[] = [];
  #wake: (() => void) | undefined;

  push(sequence: Sequence, count: number): void {
    for (let i = sequence.tokens.length - count; i < sequence.tokens.length; i++) {
      this.#tokens.push(sequence.tokens[i]);
    }
    this.finish = sequence.finish;
    this.wake();
  }

  wake(): void {
    this.#wake?.();
  }

  /** All that has come since the last call, at least one token or the end. @throws {JobAborted} */
  async take(job: Job): Promise<{ tokens: number[]; finish: number }> {
    if (this.#tokens.length === 0 && this.finish === FINISH.NONE) {
      await job.until((resolve) => {
        this.#wake = resolve;
      });
    }
    const tokens = this.#tokens;
    this.#tokens = [];
    return { tokens, finish: this.finish };
  }
}

function record(
  meter: SequenceMeter,
  sequence: Sequence,
  event: { count: number; first: boolean; timeUs: number },
): void {
  const prompt = event.first
    ? {
      cachedTokens: sequence.cachedTokens,
      loadedTokens: sequence.loadedTokens,
      recomputedTokens: sequence.recomputedTokens,
      queuedSeconds: (sequence.scheduledUs - sequence.queuedUs) / 1e6,
      prefillSeconds: (sequence.firstTokenUs - sequence.scheduledUs) / 1e6,
    }
    : undefined;
  const nowMs = performance.now();
  meter.output({
    timeUs: event.timeUs,
    tokens: Int32Array.from(event.count === 0 ? [] : sequence.tokens.slice(-event.count)),
    prompt,
    preemptions: sequence.takePreemptions(),
    finish: sequence.finish,
    corrupted: sequence.corrupted,
  }, nowMs);
  if (sequence.finish !== FINISH.NONE) meter.finish(sequence.finish, nowMs);
}
