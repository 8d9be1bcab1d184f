/**
 * The entry point of an engine thread that can be made to stand still for ever, as a loop without end would.
 *
 * @module
 */
import { runEngineThread } from "../../src/llm/replica/engine_thread.ts";

/** A message on this channel makes every engine hang that listens then. */
new BroadcastChannel("hang the engine").onmessage = () => {
  for (;;);
};
await runEngineThread();
