/**
 * The process that serves the application, with promslab or without, on Deno.
 *
 * @module
 */
import { serve } from "../../src/server/serve.ts";
import { loadLibrary } from "../peers/load_library.ts";
import type { Library } from "../peers/prom_client_api.ts";
import { answerCalls } from "../runner/answer_calls.ts";
import { freePort } from "./free_port.ts";
import app, { STREAM_PATH } from "./app.ts";
import { type Handler, measure } from "./measured_handler.ts";
import { streamTokens } from "./stream_app.ts";
import { streamMeter } from "./stream_meter.ts";

/** Where a server answers, and in which process. */
export interface Served {
  readonly port: number;
  readonly metricsPort: number;
  readonly pid: number;
}

const variant = Deno.args[0];
let stop: () => Promise<unknown> = () => Promise.resolve();

await answerCalls({
  version: async () =>
    variant.includes("+ ") ? (await loadLibrary(variant.split("+ ")[1])).version : "this commit",

  /** Serves with so many workers. */
  async start(workers): Promise<Served> {
    if (variant.startsWith("promslab")) return await startPromslab(Number(workers));
    if (variant === "deno serve --parallel") return await startParallel(workers);
    const library = variant.includes("+ ") ? await loadLibrary(variant.split("+ ")[1]) : undefined;
    const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
    const server = Deno.serve(
      options,
      library === undefined ? (request) => app.fetch(request) : metered(library),
    );
    stop = () => server.shutdown();
    return { port: server.addr.port, metricsPort: server.addr.port, pid: Deno.pid };
  },

  stop: () => stop(),
});

/** The application with metrics of a peer, its streams included. */
function metered(library: Library): Handler {
  const meter = streamMeter(library);
  return measure(
    library,
    (request) => request.url.endsWith(STREAM_PATH) ? streamTokens(meter) : app.fetch(request),
  );
}

async function startPromslab(workers: number): Promise<Served> {
  const off = variant.endsWith("metrics off");
  const server = await serve({
    handler: new URL(off ? "app.ts" : "metered_app.ts", import.meta.url),
    workers,
    port: 0,
    adminPort: 0,
    instrument: !off,
    handleSignals: false,
    log: () => {},
  });
  stop = () => server.stop();
  return { port: server.port, metricsPort: server.adminPort!, pid: Deno.pid };
}

/** What Deno itself offers for several cores: it cannot count, and tells what perfect scaling would be. */
async function startParallel(jobs: string): Promise<Served> {
  const port = freePort();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "serve",
      "-A",
      "--no-check",
      "--parallel",
      "--host=127.0.0.1",
      `--port=${port}`,
      new URL("app.ts", import.meta.url).href,
    ],
    env: { DENO_JOBS: jobs },
    stdout: "null",
    stderr: "null",
  }).spawn();
  stop = () => {
    child.kill("SIGKILL");
    return child.status;
  };
  await answering(port);
  return { port, metricsPort: 0, pid: child.pid };
}

async function answering(port: number): Promise<void> {
  const deadlineMs = performance.now() + 20_000;
  for (;;) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
