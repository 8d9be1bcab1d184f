/**
 * All values of a source in one format, once.
 *
 * @module
 */
// CONTROL PLANE
import { createFormat, type FormatName } from "../exposition/negotiate.ts";
import { readAlone, type SnapshotSource } from "../exposition/snapshot.ts";
import type { FamilySamples } from "../model/samples.ts";

/** A whole body. */
export interface Rendered {
  readonly contentType: string;
  readonly chunks: readonly Uint8Array<ArrayBuffer>[];
}

/**
 * Runs the collect callbacks, gathers and renders.
 *
 * @param check looks at each block before it is rendered; what it throws ends the rendering
 */
export function render(
  source: SnapshotSource,
  name: FormatName,
  check: (samples: FamilySamples) => void = () => {},
): Promise<Rendered> {
  return readAlone(source, () => {
    const format = createFormat({ name, escaping: "underscores" });
    const sink = format.sink();
    for (const samples of source.blocks()) {
      check(samples);
      sink.samples(samples);
    }
    return { contentType: format.contentType, chunks: sink.finish() };
  });
}
