/**
 * The process that renders the exposition of one thread with one library, on Deno, Bun and Node.
 *
 * @module
 */
import process from "node:process";
import { loadLibrary } from "../peers/load_library.ts";
import type { Library } from "../peers/prom_client_api.ts";
import { answerCalls } from "../runner/answer_calls.ts";
import { checksum, type FilledFamily, fillFamily, type Kind } from "./families.ts";

const name = process.argv[2];
const defined = new Map<string, { library: Library; family: FilledFamily }>();
const encoder = new TextEncoder();

/** What a response would send. */
async function render(library: Library): Promise<readonly Uint8Array[]> {
  const body = await library.scrape();
  return typeof body === "string" ? [encoder.encode(body)] : body;
}

function find(key: string): { library: Library; family: FilledFamily } {
  const found = defined.get(key);
  if (found === undefined) {
    throw new Error(`Cannot render "${key}": it is not defined`);
  }
  return found;
}

await answerCalls({
  version: async () => (await loadLibrary(name)).version,

  /** Makes so many series under a key. */
  async define(key, kind, seriesWord) {
    const series = Number(seriesWord);
    const library = await loadLibrary(name, {
      slabBytes: 2 ** 24 + series * (kind === "counter" ? 256 : 640),
    });
    defined.set(key, {
      library,
      family: fillFamily(library, kind as Kind, series),
    });
  },

  /** Changes every `step`-th series, or none for 0, then renders; answers milliseconds and bytes. */
  async render(key, step) {
    const { library, family } = find(key);
    if (step !== "0") family.touch(Number(step));
    const startMs = performance.now();
    const chunks = await render(library);
    const tookMs = performance.now() - startMs;
    return [tookMs, chunks.reduce((sum, chunk) => sum + chunk.length, 0)];
  },

  async checksum(key) {
    const { library } = find(key);
    return checksum(await render(library));
  },
});
