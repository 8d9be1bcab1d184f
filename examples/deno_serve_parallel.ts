/**
 * An application that Deno itself runs on several threads. Every thread answers `/metrics` for all of them:
 *
 *     deno serve --parallel -A examples/deno_serve_parallel.ts
 *     curl http://127.0.0.1:8000/metrics
 *
 * @module
 */
import { Counter, parallel } from "../mod.ts";

const greetings = new Counter({
  name: "app_greetings_total",
  help: "Greetings said.",
  labelNames: ["language"],
});

export default await parallel({
  async fetch(request, context) {
    const { pathname, searchParams } = new URL(request.url);
    switch (pathname) {
      case "/hello":
        context.route = "/hello";
        greetings.inc({ language: searchParams.get("language") === "fr" ? "fr" : "en" });
        return new Response("Hello\n");
      case "/busy": {
        // A handler that keeps its thread from everything else: the other threads go on answering for it.
        context.route = "/busy";
        const end = performance.now() + Number(searchParams.get("ms") ?? 100);
        while (performance.now() < end);
        return new Response("done\n");
      }
      default:
        return await Promise.resolve(new Response("Not Found\n", { status: 404 }));
    }
  },
});
