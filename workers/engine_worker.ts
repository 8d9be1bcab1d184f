/**
 * Entry point of an engine thread.
 *
 * @module
 */
import { runEngineThread } from "../src/llm/replica/engine_thread.ts";

await runEngineThread();
