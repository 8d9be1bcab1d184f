/**
 * An application that can be told to go wrong in every way.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { type Context, Counter } from "promslab";

const hits = new Counter({ name: "app_hits_total", help: "Requests seen by the handler.", labelNames: ["path"] });

export default {
  async fetch(request: Request, context: Context): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    context.route = pathname;
    hits.inc({ path: pathname });
    switch (pathname) {
      case "/ok":
        return new Response(`worker ${context.worker}\n`);
      case "/loop":
        for (;;) hits.inc({ path: "loop" });
        break;
      case "/spin": {
        // Stuck without counting anything, so that totals stand still.
        const end = performance.now() + Number(searchParams.get("ms") ?? 1e9);
        while (performance.now() < end);
        return new Response("spun\n");
      }
      case "/throw":
        throw new Error("secret detail");
      case "/throw-later":
        setTimeout(() => {
          throw new Error("thrown outside of any request");
        });
        return new Response("thrown\n");
      case "/heap": {
        // Small pieces: one large one that meets the limit ends the whole process in Node.
        let hoard: unknown;
        for (;;) hoard = { list: [1, 2, 3], hoard };
        break;
      }
      case "/slow":
        await new Promise((resolve) => setTimeout(resolve, Number(searchParams.get("ms") ?? 100)));
        return new Response("slow\n");
      case "/stream":
        return new Response(chunks(Number(searchParams.get("count")), Number(searchParams.get("ms"))));
      case "/until":
        return new Response(chunksUntil(searchParams.get("file")!));
      case "/fat":
        return new Response(fatChunks());
      case "/body":
        return new Response(String((await request.arrayBuffer()).byteLength));
      case "/headers":
        return Response.json({ remoteAddress: context.remoteAddress, requestId: context.requestId });
      case "/cookies":
        return new Response(null, { headers: [["set-cookie", "a=1"], ["set-cookie", "b=2"]] });
      case "/later":
        context.waitUntil(
          new Promise((resolve) => setTimeout(resolve, Number(searchParams.get("ms")))).then(() =>
            hits.inc({ path: "waited" })
          ),
        );
        return new Response("later\n");
      case "/signal":
        await new Promise((_, reject) => {
          context.signal.addEventListener("abort", () => reject(context.signal.reason));
        });
    }
    context.route = undefined;
    return new Response("not found\n", { status: 404 });
  },
};

function chunks(count: number, ms: number): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let sent = 0;
  return new ReadableStream({
    async pull(controller) {
      if (sent > 0) await new Promise((resolve) => setTimeout(resolve, ms));
      controller.enqueue(encoder.encode(`chunk ${++sent}\n`));
      if (sent === count) controller.close();
    },
  });
}

/** A chunk every 100 ms until a file is there, then a last one. */
function chunksUntil(file: string): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start: (controller) => controller.enqueue(encoder.encode("first\n")),
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const isLast = existsSync(file);
      controller.enqueue(encoder.encode(isLast ? "last\n" : "more\n"));
      if (isLast) controller.close();
    },
  });
}

/** Chunks of 64 KiB without end, as fast as somebody takes them. */
function fatChunks(): ReadableStream<Uint8Array> {
  const chunk = new Uint8Array(65_536).fill(120);
  return new ReadableStream({ pull: (controller) => controller.enqueue(chunk) }, { highWaterMark: 0 });
}
