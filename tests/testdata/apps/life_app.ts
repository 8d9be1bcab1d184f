/**
 * An application whose every answer says which life of which worker gave it, and that can end that life.
 *
 * @module
 */
import { type Context, Counter } from "promslab";

const life = crypto.randomUUID().slice(0, 8);

/** By life, so that what clients had from each can be compared with what it saw. */
const seen = new Counter({
  name: "app_seen_total",
  help: "Requests seen by the handler.",
  labelNames: ["life", "path"],
});

export default {
  fetch(request: Request, context: Context): Response {
    const { pathname } = new URL(request.url);
    context.route = pathname;
    seen.inc({ life, path: pathname });
    const headers = { "x-life": life };
    switch (pathname) {
      case "/short":
      case "/kept":
        return new Response(`worker ${context.worker}\n`, { headers });
      case "/whole":
        return new Response(chunks(10, 100), { headers });
      case "/left":
        return new Response(chunks(Infinity, 20), { headers });
      case "/die":
        // A moment later, so that the answer goes out and tells whose end this is.
        setTimeout(() => {
          throw new Error("told to die");
        }, 20);
        return new Response("dying\n", { headers });
    }
    return new Response("not found\n", { status: 404, headers });
  },
};

function chunks(count: number, ms: number): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let sent = 0;
  return new ReadableStream({
    async pull(controller) {
      if (sent > 0) await new Promise((resolve) => setTimeout(resolve, ms));
      controller.enqueue(encoder.encode(`chunk ${++sent}\n`));
      if (sent >= count) controller.close();
    },
  });
}
