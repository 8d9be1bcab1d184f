/**
 * The process that does the small works with one library, on Deno, Bun and Node.
 *
 * @module
 */
import process from "node:process";
import { loadLibrary } from "../peers/load_library.ts";
import { loadDenoTelemetry, loadOpenTelemetry, OPENTELEMETRY } from "../peers/opentelemetry.ts";
import { answerCalls } from "../runner/answer_calls.ts";
import { openTelemetryWorks } from "./opentelemetry_works.ts";
import { promClientWorks } from "./prom_client_works.ts";
import type { Work } from "./works.ts";

const { version, works } = await load(process.argv[2]);
const done = new Map<string, number>();

async function load(
  name: string,
): Promise<{ version: string; works: Record<string, Work> }> {
  if (name === OPENTELEMETRY || name === "deno-otel") {
    const { version, meter, recorded } = name === "deno-otel"
      ? await loadDenoTelemetry()
      : await loadOpenTelemetry();
    return { version, works: openTelemetryWorks(meter, recorded) };
  }
  const library = await loadLibrary(name, { global: true });
  return { version: library.version, works: promClientWorks(library) };
}

await answerCalls({
  version: () => version,
  works: () => Object.keys(works),

  /** Does a work so many times; answers how long it took, in nanoseconds each. */
  run(name, timesWord) {
    const times = Number(timesWord);
    const startMs = performance.now();
    works[name].run(times);
    const tookMs = performance.now() - startMs;
    done.set(name, (done.get(name) ?? 0) + times);
    return tookMs * 1e6 / times;
  },

  /** Fails unless the library has recorded all that was done: what is not kept costs nothing. */
  async check(name) {
    const recorded = await works[name].recorded?.();
    const expected = done.get(name) ?? 0;
    if (recorded === undefined || recorded === expected) return true;
    throw new Error(
      `Cannot trust ${name}: it was done ${expected} times, recorded are ${recorded}`,
    );
  },
});
