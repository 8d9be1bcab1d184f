/**
 * Expositions of the text format and of OpenMetrics 1.0 back to families and samples.
 *
 * @module
 */
// CONTROL PLANE
import { METRIC_TYPES, type MetricType } from "../../model/metric_type.ts";
import { type Finding, LineError } from "./finding.ts";
import type { ParsedFamily, ParsedSample } from "./parsed.ts";
import { type Dialect, type Metadata, scanMetadata, scanSample } from "./scan_line.ts";

/**
 * Reads an exposition, strictly.
 *
 * @param body the whole body
 * @param dialect `text` for versions 0.0.4 and 1.0.0 of the text format, `openmetrics` for 1.0.0 and 0.0.1
 * @returns the families in their order
 * @throws {SyntaxError} If a line breaks the format's grammar, or stands where it must not
 *
 * @example One family
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseExposition } from "promslab/exposition";
 *
 * const [jobs] = parseExposition("# TYPE jobs_total counter\njobs_total 3\n", "text");
 * assertEquals([jobs.type, jobs.samples[0].value], ["counter", 3]);
 * ```
 */
export function parseExposition(body: string | Uint8Array, dialect: Dialect): readonly ParsedFamily[] {
  return readExposition(body, dialect, ({ line, code, message }) => {
    throw new SyntaxError(`Cannot parse line ${line}: ${message} (${code})`);
  });
}

/** Reads an exposition as far as it can be read, and reports what breaks a rule on the way. */
export function readExposition(
  body: string | Uint8Array,
  dialect: Dialect,
  report: (finding: Finding) => void,
): readonly ParsedFamily[] {
  const builder = new FamilyBuilder(dialect, report);
  const text = typeof body === "string" ? body : decode(body, report);
  if (text.startsWith("\ufeff")) {
    report({ line: 1, code: "bad-encoding", message: "A byte order mark begins the body" });
  }
  const lines = text.split("\n");
  const last = lines.pop();
  if (last !== "") {
    lines.push(last!);
    if (dialect === "text") {
      report({ line: lines.length, code: "missing-line-feed", message: "The last line has no line feed" });
    }
  }
  let sawEof = false;
  for (const [i, content] of lines.entries()) {
    const line = i + 1;
    try {
      if (sawEof) throw new LineError("after-eof", "Something follows the line # EOF");
      if (content.endsWith("\r")) throw new LineError("bad-encoding", "A carriage return ends a line");
      if (dialect === "openmetrics" && content === "# EOF") sawEof = true;
      else readLine(content, { line, dialect, builder });
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      report({ line, code: error.code, message: error.message });
      if (sawEof) break;
    }
  }
  if (dialect === "openmetrics" && !sawEof) {
    report({ line: Math.max(lines.length, 1), code: "missing-eof", message: "The last line is not # EOF" });
  }
  return builder.families;
}

function readLine(content: string, place: { line: number; dialect: Dialect; builder: FamilyBuilder }): void {
  const { line, dialect, builder } = place;
  const isText = dialect === "text";
  if (isText ? /^[ \t]*$/.test(content) : content === "") {
    if (!isText) throw new LineError("bad-whitespace", "A line is empty");
  } else if (isText ? /^[ \t]*#/.test(content) : content.startsWith("#")) {
    const metadata = scanMetadata(content, dialect);
    if (metadata !== undefined) builder.metadata(metadata, line);
  } else {
    builder.sample(scanSample(content, line, dialect));
  }
}

function decode(body: Uint8Array, report: (finding: Finding) => void): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(body);
    const line = text.slice(0, text.indexOf("\ufffd")).split("\n").length;
    report({ line, code: "bad-encoding", message: "The body is not UTF-8" });
    return text;
  }
}

/** What the samples of each type may have behind the family's name. */
export const SAMPLE_SUFFIXES: Readonly<Record<Dialect, Readonly<Record<MetricType, readonly string[]>>>> = {
  text: {
    counter: [""],
    gauge: [""],
    histogram: ["_bucket", "_sum", "_count"],
    summary: ["", "_sum", "_count"],
    unknown: [""],
    // WHY: the text format has no such types; the table is complete so that no look-up can fail.
    info: [""],
    stateset: [""],
    gaugehistogram: ["_bucket", "_sum", "_count"],
  },
  openmetrics: {
    counter: ["_total", "_created"],
    gauge: [""],
    histogram: ["_bucket", "_sum", "_count", "_created"],
    summary: ["", "_sum", "_count", "_created"],
    unknown: [""],
    info: ["_info"],
    stateset: [""],
    gaugehistogram: ["_bucket", "_gsum", "_gcount"],
  },
};

/** Suffixes that some type of OpenMetrics has: with one of another type, a sample still belongs to its family. */
const ANY_SUFFIX = new Set(Object.values(SAMPLE_SUFFIXES.openmetrics).flat());

/** The words for types that a dialect knows. */
const TYPE_WORDS: Readonly<Record<Dialect, ReadonlyMap<string, MetricType>>> = {
  text: new Map([
    ["counter", "counter"],
    ["gauge", "gauge"],
    ["histogram", "histogram"],
    ["summary", "summary"],
    ["untyped", "unknown"],
  ]),
  openmetrics: new Map(METRIC_TYPES.map((type) => [type, type])),
};

interface MutableFamily {
  readonly name: string;
  readonly line: number;
  type: MetricType;
  help?: string;
  unit?: string;
  readonly samples: ParsedSample[];
}

/** Puts lines into families. */
class FamilyBuilder {
  readonly families: MutableFamily[] = [];
  readonly #dialect: Dialect;
  readonly #report: (finding: Finding) => void;
  readonly #byName = new Map<string, MutableFamily>();
  /** Which kinds of metadata each family has had. */
  readonly #kinds = new WeakMap<MutableFamily, Set<string>>();
  #current: MutableFamily | undefined;

  constructor(dialect: Dialect, report: (finding: Finding) => void) {
    this.#dialect = dialect;
    this.#report = report;
  }

  metadata({ kind, name, text }: Metadata, line: number): void {
    const family = this.#enter(name, line);
    const kinds = this.#kinds.get(family)!;
    if (kinds.has(kind)) throw new LineError("duplicate-metadata", `Family "${name}" has a second ${kind}`);
    kinds.add(kind);
    if (family.samples.length > 0) {
      throw new LineError("late-metadata", `The ${kind} of family "${name}" stands behind its first sample`);
    }
    if (kind === "HELP") family.help = text;
    if (kind === "UNIT") family.unit = text;
    if (kind !== "TYPE") return;
    const type = TYPE_WORDS[this.#dialect].get(this.#dialect === "text" ? text.trimEnd() : text);
    if (type === undefined) throw new LineError("bad-metadata", `The type of family "${name}" is "${text}"`);
    family.type = type;
  }

  sample(sample: ParsedSample): void {
    const { name } = sample;
    if (this.#current !== undefined && this.#has(this.#current, name)) {
      this.#current.samples.push(sample);
      return;
    }
    const other = this.#familyWith(name);
    if (other === undefined && this.#current !== undefined && this.#hasWrongSuffix(this.#current, name)) {
      this.#current.samples.push(sample);
      throw new LineError(
        "bad-suffix",
        `Sample "${name}" is in the ${this.#current.type} family "${this.#current.name}"`,
      );
    }
    this.#enter(other?.name ?? name, sample.line).samples.push(sample);
  }

  /** Makes a family the current one; it is new unless its lines do not stand together. */
  #enter(name: string, line: number): MutableFamily {
    if (this.#current?.name === name) return this.#current;
    let family = this.#byName.get(name);
    if (family !== undefined) {
      this.#report({
        line,
        code: "interleaved-family",
        message: `Family "${name}" goes on behind another one`,
      });
    } else {
      family = { name, line, type: "unknown", samples: [] };
      this.families.push(family);
      this.#byName.set(name, family);
      this.#kinds.set(family, new Set());
    }
    this.#current = family;
    return family;
  }

  #has(family: MutableFamily, sampleName: string): boolean {
    return sampleName.startsWith(family.name) &&
      SAMPLE_SUFFIXES[this.#dialect][family.type].includes(sampleName.slice(family.name.length));
  }

  /** An earlier family that a sample belongs to. */
  #familyWith(sampleName: string): MutableFamily | undefined {
    for (const suffix of ["", ...ANY_SUFFIX]) {
      if (!sampleName.endsWith(suffix)) continue;
      const family = this.#byName.get(sampleName.slice(0, sampleName.length - suffix.length));
      if (family !== undefined && this.#has(family, sampleName)) return family;
    }
    return undefined;
  }

  /** Whether a sample looks as if it were meant for a family that cannot have it. */
  #hasWrongSuffix(family: MutableFamily, sampleName: string): boolean {
    if (!sampleName.startsWith(family.name) || !this.#kinds.get(family)!.has("TYPE")) return false;
    const suffix = sampleName.slice(family.name.length);
    return this.#dialect === "text" ? suffix === "" : ANY_SUFFIX.has(suffix);
  }
}
