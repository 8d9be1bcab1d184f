/**
 * Formats of one line per sample: what they share, and the few decisions that tell them apart.
 *
 * @module
 */
// CONTROL PLANE
import type { Descriptor } from "../model/descriptor.ts";
import type { FamilySamples, SeriesBlock } from "../model/samples.ts";
import { BodySink, type PieceSource } from "./body_sink.ts";
import { BlockRenderer, type FamilyLayout, type Skeleton, type SlotWriter } from "./block_renderer.ts";
import { ChunkPacker } from "./chunk_list.ts";
import { isLegacyMetricName } from "../model/names.ts";
import type { EscapingScheme } from "./escape_name.ts";
import { escapeQuoted, quoteLabelName, quoteMetricName } from "./escape_text.ts";
import { type Format, isKnownTime } from "./format.ts";
import { sortedPairs } from "./label_pairs.ts";

/** One line of each series of a family. */
export interface LineTemplate {
  /** The name of the sample, escaped. */
  readonly name: string;
  /** A label that the series does not have: `le`, `quantile`, or a stateset's. */
  readonly label?: readonly [name: string, value: string];
  /** Which of the series' values the line shows, or the first of several. */
  readonly column: number;
  /** The column behind the last one that the line shows; if not given, it shows one. */
  readonly endColumn?: number;
  /** Writes the value and what follows it, without the end of the line. */
  readonly write: SlotWriter;
}

/** What one line format makes of a family. */
export interface LineFamily {
  /** The metadata lines, each with its line feed. */
  readonly header: string;
  readonly lines: readonly LineTemplate[];
  /** The name of a last line that shows when the series began to count, where that is known. */
  readonly createdName?: string;
  /** Whether the other lines show when the series began to count. */
  readonly showsCreated?: boolean;
  /** Whether the lines show native buckets. */
  readonly showsNatives?: boolean;
}

/** What tells one line format from another. */
export interface LineSyntax {
  readonly contentType: string;
  readonly escaping: EscapingScheme;
  /** What stands behind the last family. */
  readonly footer: string;
  /** Shows the moment when a series began to count, in seconds. */
  readonly formatCreated: (seconds: number) => string;
  family(descriptor: Descriptor): LineFamily;
}

const encoder = new TextEncoder();

/** Makes a format of a syntax. */
export function createLineFormat(syntax: LineSyntax): Format {
  const renderer = new BlockRenderer((descriptor) => new LineLayout(descriptor, syntax));
  const packer = new ChunkPacker();
  const footer = encoder.encode(syntax.footer);
  const source: PieceSource = (samples, add) => add(renderer.render(samples));
  return { contentType: syntax.contentType, sink: () => new BodySink({ source, packer, footer }) };
}

class LineLayout implements FamilyLayout {
  readonly slotColumns: readonly (readonly [first: number, end: number])[];
  readonly showsCreated: boolean;
  readonly showsNatives: boolean;
  readonly #descriptor: Descriptor;
  readonly #syntax: LineSyntax;
  readonly #family: LineFamily;

  constructor(descriptor: Descriptor, syntax: LineSyntax) {
    this.#descriptor = descriptor;
    this.#syntax = syntax;
    this.#family = syntax.family(descriptor);
    this.slotColumns = this.#family.lines.map(({ column, endColumn = column + 1 }) => [column, endColumn]);
    this.showsCreated = this.#family.createdName !== undefined || this.#family.showsCreated === true;
    this.showsNatives = this.#family.showsNatives === true;
  }

  skeleton(samples: FamilySamples): Skeleton {
    const { header, lines, createdName } = this.#family;
    const labels = labelFragments(this.#descriptor, samples.block, this.#syntax.escaping);
    const hasPairs = labels.pairCount > 0;
    const brackets = lines.map((line) => bracketsOf(line, hasPairs));
    const createdBrackets = createdName === undefined
      ? undefined
      : bracketsOf({ name: createdName }, hasPairs);
    let text = samples.first ? header : "";
    const headerBytes = encoder.encode(text).length;
    samples.block.series.forEach((values, i) => {
      const pairs = labels.join(values);
      for (const [open, close] of brackets) text += `${open}${pairs}${close}\n`;
      const seconds = samples.created?.[i] ?? 0;
      if (createdBrackets === undefined || !isKnownTime(seconds)) return;
      const [open, close] = createdBrackets;
      text += `${open}${pairs}${close}${this.#syntax.formatCreated(seconds)}\n`;
    });
    const bytes = encoder.encode(text);
    return {
      bytes,
      slotOffsets: this.#slotOffsets(bytes, headerBytes, samples),
      slotWriters: lines.map((line) => line.write),
    };
  }

  /** Slots are at the ends of lines, save of those that show when a series began to count. */
  #slotOffsets(bytes: Uint8Array, from: number, samples: FamilySamples): Int32Array {
    const slotsPerSeries = this.slotColumns.length;
    const offsets = new Int32Array(samples.block.series.length * slotsPerSeries);
    const created = this.#family.createdName === undefined ? undefined : samples.created;
    for (let slot = 0, at = from, series = 0; slot < offsets.length; series++) {
      for (let k = 0; k < slotsPerSeries; k++) {
        // WHY: escaped names and label values have no line feed, and in UTF-8 no other character has this byte.
        offsets[slot] = bytes.indexOf(0x0a, at);
        at = offsets[slot++] + 1;
      }
      if (created !== undefined && isKnownTime(created[series])) at = bytes.indexOf(0x0a, at) + 1;
    }
    return offsets;
  }
}

/** What stands before and behind the label pairs of a series, up to where the value begins. */
function bracketsOf(
  line: Pick<LineTemplate, "name" | "label">,
  hasPairs: boolean,
): [open: string, close: string] {
  const quoted = !isLegacyMetricName(line.name);
  const name = quoted ? `{${quoteMetricName(line.name)}${hasPairs ? "," : ""}` : line.name;
  if (line.label === undefined) {
    if (quoted) return [name, "} "];
    return hasPairs ? [`${name}{`, "} "] : [`${name} `, ""];
  }
  const comma = hasPairs || quoted ? "," : "";
  const pair = `${quoteLabelName(line.label[0])}="${escapeQuoted(line.label[1])}"`;
  return [quoted ? name : `${name}{`, `${comma}${pair}} `];
}

/** The label pairs of a block's series: constant labels among them, sorted by name. */
interface LabelFragments {
  readonly pairCount: number;
  /** The pairs of one label set, with commas between them. */
  join(values: readonly string[]): string;
}

function labelFragments(
  descriptor: Descriptor,
  block: SeriesBlock,
  escaping: EscapingScheme,
): LabelFragments {
  const pairs = sortedPairs(descriptor, block, escaping);
  // A set's text is fragment, value, fragment, value, ..., fragment; constant pairs lie within the fragments.
  const fragments: string[] = [];
  const indexes: number[] = [];
  let fragment = "";
  pairs.forEach(({ name, index, value }, i) => {
    fragment += `${i > 0 ? "," : ""}${quoteLabelName(name)}="${escapeQuoted(value)}`;
    if (index >= 0) {
      fragments.push(fragment);
      indexes.push(index);
      fragment = "";
    }
    fragment += '"';
  });
  return {
    pairCount: pairs.length,
    join(values) {
      let text = "";
      for (let i = 0; i < indexes.length; i++) text += fragments[i] + escapeQuoted(values[indexes[i]]);
      return text + fragment;
    },
  };
}
