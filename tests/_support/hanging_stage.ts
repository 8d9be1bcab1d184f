/**
 * The entry point of a stage's thread that can be made to stand still for ever, as a loop without end would.
 *
 * @module
 */
import { detectHost } from "../../src/host/detect.ts";
import { runStageThread } from "../../src/llm/pipeline/stages/stage_thread.ts";
import type { StageStart } from "../../src/llm/pipeline/wire/stage_messages.ts";

const { stage, replica } = detectHost().workerScope()!.data as StageStart;

/** A message on this channel names the replica that is to hang; it says so before it does. */
const channel = new BroadcastChannel("hang a stage");
channel.onmessage = ({ data }) => {
  if (data !== `${stage}.${replica}`) return;
  channel.postMessage(`${data} hangs`);
  // WHY: a turn of the event loop later the message is on its way.
  setTimeout(() => {
    for (;;);
  });
};
await runStageThread();
