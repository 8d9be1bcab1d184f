/**
 * Values of samples by part of their labels.
 *
 * @module
 */
import type { FamilySamples } from "../../src/model/samples.ts";

/** Label values that a sample must have; others may be anything. */
export type Labels = Readonly<Record<string, string>>;

/**
 * The sum of all series' values of a sample such as `x_total`, `x_sum`, `x_count` or a gauge's name.
 *
 * @throws {Error} If no series has these labels
 */
export function sampleValue(
  source: { blocks(): Iterable<FamilySamples> },
  name: string,
  labels: Labels = {},
): number {
  let sum = 0;
  let found = false;
  for (const { descriptor, block, stride, values } of source.blocks()) {
    const column = columnOf(name.slice(descriptor.name.length), descriptor.type, stride);
    if (!name.startsWith(descriptor.name) || column < 0) continue;
    for (let i = 0; i < block.series.length; i++) {
      const matches = Object.entries(labels).every(([key, value]) =>
        block.series[i][block.labelNames.indexOf(key)] === value
      );
      if (!matches) continue;
      found = true;
      sum += values[i * stride + column];
    }
  }
  if (!found) throw new Error(`Cannot find sample "${name}" with ${JSON.stringify(labels)}`);
  return sum;
}

/** Where in a series' values a sample is that has this suffix; -1 if the type has no such sample. */
function columnOf(suffix: string, type: string, stride: number): number {
  if (type === "histogram") return suffix === "_sum" ? stride - 1 : suffix === "_count" ? stride - 2 : -1;
  if (type === "summary") return suffix === "_sum" ? stride - 2 : suffix === "_count" ? stride - 1 : -1;
  return suffix === "" ? 0 : -1;
}
