/**
 * The example application: a cheap, a CPU-heavy, a streaming and a failing route, and a metric of its own.
 *
 * Run it with `deno task serve ./examples/app.ts`.
 *
 * @module
 */
import { ServerSentEventStream } from "@std/http/server-sent-event-stream";
import { type Context, Counter, Histogram } from "promslab";

const greetings = new Counter({
  name: "app_greetings_total",
  help: "Users greeted.",
  labelNames: ["language"],
});

const rounds = new Histogram({
  name: "app_work_rounds",
  help: "Rounds of work that a request asked for.",
  buckets: [10, 100, 1000, 10_000],
});

export default {
  /** Answers one request. `context.route` names the template under which it is counted. */
  fetch(request: Request, context: Context): Response | Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    switch (pathname) {
      case "/":
        context.route = "/";
        return new Response("Hello from promslab\n");
      case "/work":
        context.route = "/work";
        return work(Number(searchParams.get("rounds") ?? 100));
      case "/stream":
        context.route = "/stream";
        return stream(Number(searchParams.get("events") ?? 5), Number(searchParams.get("ms") ?? 100));
      case "/fail":
        context.route = "/fail";
        throw new Error("This route always fails");
    }
    const user = /^\/users\/(\w+)$/.exec(pathname)?.[1];
    if (user === undefined) return new Response("Not found\n", { status: 404 });
    context.route = "/users/:name";
    greetings.inc({ language: "en" });
    return Response.json({ hello: user, worker: context.worker });
  },
};

/** Keeps the CPU busy: so many rounds of SHA-256-like mixing, about 10 microseconds each. */
function work(count: number): Response {
  rounds.observe(count);
  let state = 1;
  for (let i = 0; i < Math.min(count, 1_000_000) * 5_000; i++) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + i;
  }
  return new Response(`${state >>> 0}\n`);
}

/** Sends so many events, one every `ms` milliseconds. */
function stream(events: number, ms: number): Response {
  async function* messages() {
    for (let id = 1; id <= events; id++) {
      yield { id, event: "tick", data: `${id} of ${events}` };
      if (id < events) await new Promise((resolve) => setTimeout(resolve, ms));
    }
  }
  const body = ReadableStream.from(messages()).pipeThrough(new ServerSentEventStream());
  return new Response(body, {
    headers: { "content-type": "text/event-stream", "cache-control": "no-cache" },
  });
}
