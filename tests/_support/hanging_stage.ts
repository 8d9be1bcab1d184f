/**
 * The entry point of a stage's thread that can be made to stand still for ever, as a loop without end would.
 *
 * @module
 */
import { detectHost } from "../../src/host/detect.ts";
import { runStageThread } from "../../src/llm/pipeline/stage_thread.ts";
import type { StageStart } from "../../src/llm/pipeline/stage_messages.ts";

const { stage, replica } = detectHost().workerScope()!.data as StageStart;

/** A message on this channel names the replica that is to hang. */
new BroadcastChannel("hang a stage").onmessage = ({ data }) => {
  if (data !== `${stage}.${replica}`) return;
  for (;;);
};
await runStageThread();
