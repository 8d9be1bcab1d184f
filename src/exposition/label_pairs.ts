/**
 * The labels of a block's series, in the order in which every format shows them.
 *
 * @module
 */
// CONTROL PLANE
import type { Descriptor } from "../model/descriptor.ts";
import type { SeriesBlock } from "../model/samples.ts";
import { escapeLabelName, type EscapingScheme } from "./escape_name.ts";

/** One label of every series of a block. */
export interface LabelPair {
  /** The name, escaped. */
  readonly name: string;
  /** Which of a label set's values it has; -1 for a constant label. */
  readonly index: number;
  /** The value of a constant label. */
  readonly value: string;
}

/**
 * The labels of each series in a block, constant ones among them, sorted by name: readers know a series again
 * by its raw bytes, so the order must be the same in every scrape.
 */
export function sortedPairs(
  descriptor: Descriptor,
  block: SeriesBlock,
  escaping: EscapingScheme,
): readonly LabelPair[] {
  const own = block.labelNames.map((name, index) => ({
    name: escapeLabelName(name, escaping),
    index,
    value: "",
  }));
  const constant = Object.entries(descriptor.constLabels).map(([name, value]) => (
    { name: escapeLabelName(name, escaping), index: -1, value }
  ));
  return [...own, ...constant].sort((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}
