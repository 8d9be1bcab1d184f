/**
 * How servers with several workers count when each worker has metrics of its own, which is what a proxy does that
 * starts N copies of itself on one port: a scrape finds the numbers of the worker that the connection fell to.
 *
 * Run: deno run -A examples/llm/separate_registries.ts [PORT] [WORKERS]
 *
 * @module
 */
import { isMainThread, Worker, workerData } from "node:worker_threads";

interface Place {
  readonly port: number;
}

/** One worker: it answers completions, and tells its own count of them. */
function serveAlone({ port }: Place): void {
  let requests = 0;
  Deno.serve({ hostname: "127.0.0.1", port, reusePort: true, onListen: () => {} }, (request) => {
    if (new URL(request.url).pathname !== "/metrics") {
      requests++;
      return Response.json({
        object: "text_completion",
        choices: [{ index: 0, text: "…", finish_reason: "stop" }],
      });
    }
    const text = "# HELP proxy_requests_total Requests answered.\n# TYPE proxy_requests_total counter\n" +
      `proxy_requests_total ${requests}\n`;
    return new Response(text, { headers: { "content-type": "text/plain; version=0.0.4" } });
  });
}

if (isMainThread) {
  const [port = 8001, workers = 4] = Deno.args.map(Number);
  for (let i = 0; i < workers; i++) {
    new Worker(new URL(import.meta.url), { workerData: { port } satisfies Place });
  }
  console.log(`${workers} workers with metrics of their own on http://127.0.0.1:${port}`);
} else serveAlone(workerData as Place);
