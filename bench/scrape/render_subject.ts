/**
 * The process that renders the exposition of one thread with one library, or of several slabs with promslab, on Deno,
 * Bun and Node.
 *
 * @module
 */
import process from "node:process";
import { loadLibrary } from "../peers/load_library.ts";
import type { Body } from "../peers/prom_client_api.ts";
import { loadPromslabSlabs } from "../peers/promslab.ts";
import { answerCalls } from "../runner/answer_calls.ts";
import { checksum, type FilledFamily, fillFamily, type Kind } from "./families.ts";

const name = process.argv[2];
/** Who is rendered, and the families that are filled. */
interface Defined {
  readonly library: { scrape(): Body | Promise<Body> };
  readonly families: readonly FilledFamily[];
}

const defined = new Map<string, Defined>();
const encoder = new TextEncoder();

/** What a response would send. */
async function render(library: Defined["library"]): Promise<readonly Uint8Array[]> {
  const body = await library.scrape();
  return typeof body === "string" ? [encoder.encode(body)] : body;
}

function find(key: string): Defined {
  const found = defined.get(key);
  if (found === undefined) {
    throw new Error(`Cannot render "${key}": it is not defined`);
  }
  return found;
}

await answerCalls({
  version: async () => (await loadLibrary(name)).version,

  /** Makes so many series under a key, in each of so many slabs. */
  async define(key, kind, seriesWord, slabsWord) {
    const series = Number(seriesWord);
    const slabBytes = 2 ** 24 + series * (kind === "counter" ? 256 : 640);
    if (Number(slabsWord) > 1) {
      const { workers, scrape } = loadPromslabSlabs(Number(slabsWord), slabBytes);
      defined.set(key, {
        library: { scrape },
        families: workers.map((worker) => fillFamily(worker, kind as Kind, series)),
      });
    } else {
      const library = await loadLibrary(name, { slabBytes });
      defined.set(key, { library, families: [fillFamily(library, kind as Kind, series)] });
    }
  },

  /** Changes every `step`-th series, or none for 0, then renders; answers milliseconds and bytes. */
  async render(key, step) {
    const { library, families } = find(key);
    if (step !== "0") { for (const family of families) family.touch(Number(step)); }
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
