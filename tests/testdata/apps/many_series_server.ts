/** Serves `many_series_app.ts` with the options of the variable `SCRAPE`. */
import { serve } from "promslab";

const server = await serve({
  handler: new URL("./many_series_app.ts", import.meta.url),
  workers: Number(Deno.env.get("WORKERS")),
  port: 0,
  adminPort: 0,
  instrument: false,
  startSeconds: 300,
  // Its workers count up half a million series at a time, which takes seconds where others want the processor too.
  hangSeconds: 0,
  slabBytes: 64 * 1024 * 1024 + Number(Deno.env.get("SERIES")) * 256,
  scrape: JSON.parse(Deno.env.get("SCRAPE") ?? "{}"),
});
console.log(`many series ready: ${server.url} ${server.adminUrl}`);
await server.finished;
