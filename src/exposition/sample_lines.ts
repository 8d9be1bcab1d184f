/**
 * Which lines a series has, by the type of its family. Every line format uses this table.
 *
 * @module
 */
// CONTROL PLANE
import type { Descriptor } from "../model/descriptor.ts";
import type { SlotWriter } from "./block_renderer.ts";
import { escapeLabelName, type EscapingScheme } from "./escape_name.ts";
import type { LineTemplate } from "./line_format.ts";

/** How a line format names and writes the samples of a family. */
export interface LineStyle {
  /** The name of the family's samples without suffixes, escaped. */
  readonly name: string;
  /** The name of the label that tells a stateset's states apart, before it is escaped. */
  readonly stateLabel: string;
  readonly escaping: EscapingScheme;
  /** Writes a value. */
  readonly float: SlotWriter;
  /** Writes a counter's value. */
  readonly total: SlotWriter;
  /** Writes the count of a summary or histogram. */
  readonly count: SlotWriter;
  /** Writes the cumulative count of a bucket. */
  readonly bucket: SlotWriter;
  /** Shows the bound of a bucket, or a quantile. */
  readonly formatBound: (bound: number) => string;
  /** The suffixes of a histogram's sum and count; without them the two are left out. */
  readonly sumAndCount?: readonly [sum: string, count: string];
}

/** The lines of one series, in their order: buckets or quantiles, then sum, then count. */
export function sampleLines(descriptor: Descriptor, style: LineStyle): LineTemplate[] {
  const { name } = style;
  switch (descriptor.type) {
    case "counter":
      return [{ name, column: 0, write: style.total }];
    case "histogram":
    case "gaugehistogram":
      return histogramLines(descriptor, style);
    case "summary": {
      const quantiles = descriptor.quantiles.map((quantile, column): LineTemplate => (
        { name, label: ["quantile", style.formatBound(quantile)], column, write: style.float }
      ));
      const sum = quantiles.length;
      return [
        ...quantiles,
        { name: `${name}_sum`, column: sum, write: style.float },
        { name: `${name}_count`, column: sum + 1, write: style.count },
      ];
    }
    case "stateset": {
      const label = escapeLabelName(style.stateLabel, style.escaping);
      return descriptor.states.map((state, column) => (
        { name, label: [label, state], column, write: style.count }
      ));
    }
    default:
      return [{ name, column: 0, write: style.float }];
  }
}

function histogramLines(descriptor: Descriptor, style: LineStyle): LineTemplate[] {
  const { name, sumAndCount } = style;
  const infColumn = descriptor.buckets.length;
  const lines = [...descriptor.buckets, Infinity].map((bound, column): LineTemplate => (
    { name: `${name}_bucket`, label: ["le", style.formatBound(bound)], column, write: style.bucket }
  ));
  if (sumAndCount === undefined) return lines;
  const [sum, count] = sumAndCount;
  return [
    ...lines,
    { name: `${name}${sum}`, column: infColumn + 1, write: style.float },
    { name: `${name}${count}`, column: infColumn, write: style.count },
  ];
}
