/**
 * An application whose second worker ends soon after each of its starts, as long as a file is there.
 *
 * @module
 */
import { existsSync } from "node:fs";
import type { Context } from "promslab";

const file = Deno.env.get("CRASH_WHILE_FILE")!;

export default {
  start({ worker }: { worker: number }): void {
    if (worker !== 1) return;
    setInterval(() => {
      if (existsSync(file)) throw new Error("secret detail");
    }, 20);
  },

  fetch(_request: Request, context: Context): Response {
    context.route = "/";
    return new Response(`worker ${context.worker}\n`);
  },
};
