/**
 * Entry point of a thread that runs one replica of a pipeline's stage.
 *
 * @module
 */
import { runStageThread } from "../src/llm/pipeline/stages/stage_thread.ts";

await runStageThread();
