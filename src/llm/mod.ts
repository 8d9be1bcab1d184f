/**
 * An OpenAI-compatible server with several workers and vLLM's metrics, before a simulated engine or other servers.
 *
 * @module
 */
export type { LlmOptions } from "./server/llm_options.ts";
export { type LlmServeOptions, type LlmServer, type PipelineControl, serveLlm } from "./server/serve_llm.ts";
