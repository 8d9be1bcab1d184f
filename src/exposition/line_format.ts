/**
 * Formats of one line per sample: what they share, and the few decisions that tell them apart.
 *
 * @module
 */
// CONTROL PLANE
import type { Descriptor } from "../model/descriptor.ts";
import type { FamilySamples, SeriesBlock } from "../model/samples.ts";
import { BlockRenderer, type FamilyLayout, type Skeleton, type SlotPlace } from "./block_renderer.ts";
import type { ByteWriter } from "./byte_writer.ts";
import { ChunkPacker } from "./chunk_list.ts";
import {
  escapeLabelName,
  type EscapingScheme,
  isLegacyLabelName,
  isLegacyMetricName,
} from "./escape_name.ts";
import { escapeQuoted } from "./escape_text.ts";
import type { ByteSink, Format } from "./format.ts";

/** One line of each series of a family. */
export interface LineTemplate {
  /** The name of the sample, escaped. */
  readonly name: string;
  /** A label that the series does not have: `le`, `quantile`, or a stateset's. */
  readonly label?: readonly [name: string, value: string];
  /** Which of the series' values the line shows. */
  readonly column: number;
  /** Writes the value and what follows it, without the end of the line. */
  readonly write: LineWriter;
}

/** Writes the value at `index` of the samples' values, and what follows it. */
export type LineWriter = (writer: ByteWriter, samples: FamilySamples, index: number) => void;

/** What one line format makes of a family. */
export interface LineFamily {
  /** The metadata lines, each with its line feed. */
  readonly header: string;
  readonly lines: readonly LineTemplate[];
  /** The name of a last line that shows when the series began to count, if there is one. */
  readonly createdName?: string;
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
  return {
    contentType: syntax.contentType,
    sink(): ByteSink {
      const pieces: Uint8Array<ArrayBuffer>[] = [];
      return {
        samples: (block) => void pieces.push(renderer.render(block)),
        finish: () => packer.pack([...pieces, footer]),
      };
    },
  };
}

/** A name as it stands in metadata lines: in quotes if the classic data model does not have it. */
export function quoteIfNeeded(name: string): string {
  return isLegacyMetricName(name) ? name : `"${escapeQuoted(name)}"`;
}

class LineLayout implements FamilyLayout {
  readonly firstColumns: readonly number[];
  readonly endColumns: readonly number[];
  readonly showsCreated: boolean;
  readonly #descriptor: Descriptor;
  readonly #syntax: LineSyntax;
  readonly #family: LineFamily;

  constructor(descriptor: Descriptor, syntax: LineSyntax) {
    this.#descriptor = descriptor;
    this.#syntax = syntax;
    this.#family = syntax.family(descriptor);
    this.firstColumns = this.#family.lines.map((line) => line.column);
    this.endColumns = this.#family.lines.map((line) => line.column + 1);
    this.showsCreated = this.#family.createdName !== undefined;
  }

  writeSlot(writer: ByteWriter, samples: FamilySamples, place: SlotPlace): void {
    const line = this.#family.lines[place.slot];
    line.write(writer, samples, place.series * samples.stride + line.column);
  }

  skeleton(samples: FamilySamples): Skeleton {
    const { header, lines, createdName } = this.#family;
    const labels = labelFragments(this.#descriptor, samples.block, this.#syntax.escaping);
    const brackets = lines.map((line) => bracketsOf(line, labels.pairCount > 0));
    const created = createdName === undefined
      ? undefined
      : bracketsOf({ name: createdName }, labels.pairCount > 0);
    let text = samples.first ? header : "";
    const headerBytes = encoder.encode(text).length;
    for (let i = 0; i < samples.block.series.length; i++) {
      const pairs = labels.join(samples.block.series[i]);
      for (const [open, close] of brackets) text += `${open}${pairs}${close}\n`;
      if (created === undefined) continue;
      const seconds = this.#syntax.formatCreated(samples.created?.[i] ?? 0);
      text += `${created[0]}${pairs}${created[1]}${seconds}\n`;
    }
    const bytes = encoder.encode(text);
    return { bytes, slotOffsets: this.#slotOffsets(bytes, headerBytes, samples.block.series.length) };
  }

  /** Slots are at the ends of lines, save of those that show when a series began to count. */
  #slotOffsets(bytes: Uint8Array, from: number, seriesCount: number): Int32Array {
    const slotsPerSeries = this.firstColumns.length;
    const offsets = new Int32Array(seriesCount * slotsPerSeries);
    for (let slot = 0, at = from; slot < offsets.length;) {
      for (let k = 0; k < slotsPerSeries; k++) {
        // WHY: escaped names and label values have no line feed, and in UTF-8 no other character has this byte.
        offsets[slot] = bytes.indexOf(0x0a, at);
        at = offsets[slot++] + 1;
      }
      if (this.showsCreated) at = bytes.indexOf(0x0a, at) + 1;
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
  const name = quoted ? `{${quoteIfNeeded(line.name)}${hasPairs ? "," : ""}` : line.name;
  if (line.label === undefined) {
    if (quoted) return [name, "} "];
    return hasPairs ? [`${name}{`, "} "] : [`${name} `, ""];
  }
  const comma = hasPairs || quoted ? "," : "";
  const pair = `${quoteLabelName(line.label[0])}="${escapeQuoted(line.label[1])}"`;
  return [quoted ? name : `${name}{`, `${comma}${pair}} `];
}

function quoteLabelName(name: string): string {
  return isLegacyLabelName(name) ? name : `"${escapeQuoted(name)}"`;
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
  const pairs = [
    ...block.labelNames.map((name, index) => ({ name: escapeLabelName(name, escaping), index, value: "" })),
    ...Object.entries(descriptor.constLabels).map(([name, value]) => (
      { name: escapeLabelName(name, escaping), index: -1, value: escapeQuoted(value) }
    )),
  ].sort((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  // A set's text is fragment, value, fragment, value, ..., fragment; constant pairs lie within the fragments.
  const fragments: string[] = [];
  const indexes: number[] = [];
  let fragment = "";
  pairs.forEach(({ name, index, value }, i) => {
    fragment += `${i > 0 ? "," : ""}${quoteLabelName(name)}="${value}`;
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
