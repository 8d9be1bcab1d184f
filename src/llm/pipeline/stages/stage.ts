/**
 * What every kind of stage is to its runtime.
 *
 * @module
 */
import type { Job } from "./job.ts";
import type { StageReport } from "../wire/ticket.ts";

/** What a stage measured itself; the runtime adds the rest of the report. */
export type StageResult =
  & Pick<StageReport, "promptTokens" | "generatedTokens" | "finish">
  & Partial<Pick<StageReport, "audio" | "diffusion" | "decodes" | "images">>;

/** The work of one replica. Owner thread only. */
export interface Stage {
  /** Works on a request until all of its output is handed on. @throws {JobAborted} If it is aborted meanwhile */
  run(job: Job): Promise<StageResult>;
  /** Records what a request took. Called once, when it has ended by itself and its report is complete. */
  record(report: StageReport): void;
  /** Sends the stage to sleep, 0 wakes it. */
  sleep?(level: number): void;
}

/** A stage could not do what it should. */
export class StageFailure extends Error {
  override readonly name = "StageFailure";
}
