/**
 * The process that serves the trivial application with one worker, counted or not, on Deno, Bun and Node.
 *
 * @module
 */
import process from "node:process";
import { serve } from "../../src/server/serve.ts";
import { answerCalls } from "../runner/answer_calls.ts";

const counted = process.argv[2] === "promslab";
let stop: () => Promise<void> = () => Promise.resolve();

await answerCalls({
  /** Serves, with the default set of metrics or with none, which leaves the same adapter. */
  async start() {
    const server = await serve({
      handler: new URL("trivial_app.ts", import.meta.url),
      workers: 1,
      port: 0,
      adminPort: 0,
      instrument: counted,
      runtimeMetrics: counted,
      handleSignals: false,
      log: () => {},
    });
    stop = () => server.stop();
    return { port: server.port, metricsPort: 0, pid: process.pid };
  },

  stop: () => stop(),
});
