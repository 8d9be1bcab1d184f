/**
 * The process that makes the load, apart from the server's.
 *
 * @module
 */
import { answerCalls } from "../runner/answer_calls.ts";
import { closedLoad, openLoad, type Target } from "./load.ts";
import { streamLoad } from "./stream_load.ts";

const SCRAPE_EVERY_MS = 100;

await answerCalls({
  async closed(port, path, connections, milliseconds, metricsPort) {
    return await withScrapes(
      Number(metricsPort),
      () => closedLoad(target(port, path, connections, milliseconds)),
    );
  },

  async open(port, path, connections, milliseconds, metricsPort, rate) {
    const load = () => openLoad(target(port, path, connections, milliseconds), Number(rate));
    return await withScrapes(Number(metricsPort), load);
  },

  async streams(port, path, connections, milliseconds, metricsPort) {
    return await withScrapes(
      Number(metricsPort),
      () => streamLoad(target(port, path, connections, milliseconds)),
    );
  },
});

function target(port: string, path: string, connections: string, milliseconds: string): Target {
  return { port: Number(port), path, connections: Number(connections), milliseconds: Number(milliseconds) };
}

/** Scrapes ten times a second while the load lasts; a port of 0 is not scraped. */
async function withScrapes<Result>(
  port: number,
  load: () => Promise<Result>,
): Promise<Result & { scrapes: number }> {
  let scrapes = 0;
  let done = false;
  const scraping = (async () => {
    while (port !== 0 && !done) {
      const response = await fetch(`http://127.0.0.1:${port}/metrics`);
      await response.arrayBuffer();
      if (response.ok) scrapes++;
      await new Promise((resolve) => setTimeout(resolve, SCRAPE_EVERY_MS));
    }
  })();
  const result = await load();
  done = true;
  await scraping;
  return { ...result, scrapes };
}
