/**
 * The process that serves: the LLM server, as `deno run server` starts it, or the same without metrics.
 *
 * @module
 */
import { EngineExtension } from "../../src/llm/server/engine_extension.ts";
import { resolveLlmOptions } from "../../src/llm/server/resolve_llm_options.ts";
import { workerDataOf } from "../../src/llm/server/serve_llm.ts";
import { serve } from "../../src/server/serve.ts";
import { answerCalls } from "../runner/answer_calls.ts";

const off = Deno.args[0]?.endsWith("metrics off") === true;
let stop: () => Promise<unknown> = () => Promise.resolve();

await answerCalls({
  /** Serves with one worker and one engine whose steps take so many milliseconds. */
  async start(stepMs) {
    const plan = resolveLlmOptions({
      profile: "instant",
      interTokenLatencyMs: Number(stepMs),
      jitter: 0,
      timeFactorUnderLoad: 1,
      numGpuBlocks: 65_536,
    });
    if (plan.kind !== "embedded") throw new Error("Cannot measure a gateway");
    const server = await serve({
      handler: new URL(off ? "unmetered_handler.ts" : "../../src/llm/worker/handler.ts", import.meta.url),
      handlerData: workerDataOf(plan),
      extension: new EngineExtension(plan),
      httpFamilies: plan.httpMetrics,
      instrument: !off,
      workers: 1,
      port: 0,
      adminPort: 0,
      handleSignals: false,
      log: () => {},
    });
    stop = () => server.stop();
    return { port: server.port, metricsPort: server.adminPort!, pid: Deno.pid };
  },

  stop: () => stop(),
});
