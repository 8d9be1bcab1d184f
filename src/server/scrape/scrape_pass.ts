/**
 * One pass over a collector into a format, in slices.
 *
 * @module
 */
// CONTROL PLANE
import type { Collector } from "../../collect/collector.ts";
import type { ByteSink } from "../../exposition/format.ts";
import type { Descriptor } from "../../model/descriptor.ts";
import type { FamilySamples } from "../../model/samples.ts";
import type { ScrapeErrorCause } from "./scrape_metrics.ts";

/** For how long gathering, rendering and compressing may keep their thread from other work, in milliseconds. */
export const SLICE_MS = 5;

/** What went wrong in a pass. */
export interface PassProblem {
  readonly cause: ScrapeErrorCause;
  readonly message: string;
}

/** What a pass came to. */
export interface Pass {
  /** How many series the sink got. */
  readonly series: number;
  readonly problems: readonly PassProblem[];
}

/**
 * Runs the collect callbacks, then hands the families to a sink, with a pause for other work every few milliseconds.
 * Whatever fails costs its own family and is reported.
 *
 * @param startMs when the pass began, by `performance.now()`; default now
 */
export async function runPass(
  collector: Collector,
  sink: ByteSink,
  filter: ReadonlySet<string> | undefined,
  startMs: number = performance.now(),
): Promise<Pass> {
  const problems: PassProblem[] = [];
  const report = (cause: ScrapeErrorCause, message: string) => void problems.push({ cause, message });
  const { badSlabs, conflictingFamilies } = collector.stats;
  const pause = pauseEvery(SLICE_MS, startMs);
  await collector.prepare(undefined, filter);
  await collector.learnBeforePass(pause, filter);
  for (const name of collector.leftOut) {
    if (filter === undefined || filter.has(name)) {
      report("gathering", `collect callback of family "${name}" failed`);
    }
  }
  let series = 0;
  let failed: Descriptor | undefined;
  try {
    for (const samples of collector.blocks(filter)) {
      if (samples.descriptor === failed) continue;
      const problem = encode(sink, samples);
      if (problem === undefined) series += samples.block.series.length;
      else {
        failed = samples.descriptor;
        report("encoding", `family "${samples.descriptor.name}": ${problem}`);
      }
      const others = pause();
      if (others !== undefined) await others;
    }
  } catch (error) {
    report("gathering", (error as Error).message);
  }
  const { stats } = collector;
  if (stats.badSlabs > badSlabs) report("gathering", "a slab is damaged");
  if (stats.conflictingFamilies > conflictingFamilies) {
    report("gathering", "a family is defined in two ways");
  }
  return { series, problems };
}

function encode(sink: ByteSink, samples: FamilySamples): string | undefined {
  try {
    sink.samples(samples);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * Makes a function that lets other work run if that is due: it gives what is to be waited for, or `undefined` if it is
 * not due yet.
 *
 * @param startMs when the first slice began, by `performance.now()`; default now
 */
export function pauseEvery(
  sliceMs: number,
  startMs: number = performance.now(),
): () => Promise<void> | undefined {
  let sliceEnd = startMs + sliceMs;
  return () => {
    if (performance.now() < sliceEnd) return undefined;
    return new Promise((resolve) =>
      setTimeout(() => {
        sliceEnd = performance.now() + sliceMs;
        resolve();
      }, 0)
    );
  };
}
