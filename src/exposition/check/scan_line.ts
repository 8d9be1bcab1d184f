/**
 * The grammar of one line of the text format and of OpenMetrics 1.0.
 *
 * @module
 */
// CONTROL PLANE
import { type FindingCode, LineError } from "./finding.ts";
import type { ParsedExemplar, ParsedSample } from "./parsed.ts";

/** Which grammar: that of the text format, 0.0.4 with quoted names, or that of OpenMetrics 1.0. */
export type Dialect = "text" | "openmetrics";

const METRIC_NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL_NAME = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const TOKEN = /[^ \t]+/y;
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const SPECIAL_NUMBER = /^(?:nan|[+-]?inf(?:inity)?)$/i;
const INTEGER = /^-?\d+$/;

/** What a `# HELP`, `# TYPE` or `# UNIT` line says. */
export interface Metadata {
  readonly kind: "HELP" | "TYPE" | "UNIT";
  readonly name: string;
  /** What stands behind the name, escapes resolved. */
  readonly text: string;
}

/**
 * Reads a line with a value.
 *
 * @throws {LineError} If the line breaks the grammar
 */
export function scanSample(text: string, line: number, dialect: Dialect): ParsedSample {
  const scanner = new LineScanner(text, dialect);
  scanner.blanks();
  let name = scanner.match(METRIC_NAME);
  const nameEnd = scanner.at;
  scanner.blanks();
  const set = scanner.peek("{") ? scanner.labelSet({ mayHoldName: name === undefined }) : undefined;
  if (set === undefined) scanner.at = nameEnd;
  name ??= set?.name;
  if (name === undefined) throw new LineError("bad-metric-name", `No metric name begins "${excerpt(text)}"`);
  scanner.gap("bad-value");
  const valueText = scanner.token("bad-value");
  const value = parseValue(valueText);
  const timestamp = scanner.timestamp();
  const exemplar = scanner.exemplar();
  return { name, labels: set?.labels ?? new Map(), value, valueText, timestamp, exemplar, line };
}

/**
 * Reads a line that begins with `#`.
 *
 * @returns undefined for a comment of the text format
 * @throws {LineError} If the line breaks the grammar
 */
export function scanMetadata(text: string, dialect: Dialect): Metadata | undefined {
  const scanner = new LineScanner(text, dialect);
  const isStrict = dialect === "openmetrics";
  scanner.blanks();
  scanner.skip("#");
  const words = isStrict ? /^ (HELP|TYPE|UNIT) / : /^[ \t]+(HELP|TYPE)[ \t]+(?=[^ \t])/;
  const found = words.exec(text.slice(scanner.at));
  if (found === null) {
    if (!isStrict) return undefined;
    throw new LineError("bad-comment", `A comment is "${excerpt(text)}"`);
  }
  scanner.at += found[0].length;
  const kind = found[1] as Metadata["kind"];
  const name = scanner.peek('"') ? scanner.quoted("bad-metadata") : scanner.match(METRIC_NAME);
  if (!name || !/^(?:[ \t]|$)/.test(text.slice(scanner.at))) {
    throw new LineError("bad-metric-name", `A ${kind} line names no metric: "${excerpt(text)}"`);
  }
  if (isStrict && !scanner.peek(" ")) {
    throw new LineError("bad-metadata", `A ${kind} line ends behind the name: wanted a space and a text`);
  }
  if (isStrict) scanner.skip(" ");
  else scanner.blanks();
  const rest = text.slice(scanner.at);
  return { kind, name, text: kind === "HELP" ? unescapeHelp(rest, dialect) : rest };
}

/** Resolves the escapes of a help text. */
function unescapeHelp(text: string, dialect: Dialect): string {
  const allowed = dialect === "text" ? /^(?:[^\\]|\\[\\n])*$/ : /^(?:[^\\"]|\\[\\n"])*$/;
  if (!allowed.test(text)) throw new LineError("bad-escape", `A help text is "${excerpt(text)}"`);
  return unescape(text);
}

function unescape(text: string): string {
  return text.includes("\\") ? text.replace(/\\(.)/g, (_, next) => next === "n" ? "\n" : next) : text;
}

function parseValue(text: string): number {
  if (NUMBER.test(text)) {
    const value = Number(text);
    if (Number.isFinite(value)) return value;
  } else if (SPECIAL_NUMBER.test(text)) {
    return /nan/i.test(text) ? NaN : text.startsWith("-") ? -Infinity : Infinity;
  }
  throw new LineError("bad-value", `A value is "${excerpt(text)}"`);
}

function parseTimestamp(text: string, pattern: RegExp): number {
  const timestamp = pattern.test(text) ? Number(text) : NaN;
  // Readers keep milliseconds in 64 bits.
  if (Math.abs(timestamp) < 2 ** 63) return timestamp;
  throw new LineError("bad-timestamp", `A timestamp is "${excerpt(text)}"`);
}

function excerpt(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}

/** A position in a line, and what can be read there. */
class LineScanner {
  readonly text: string;
  readonly isStrict: boolean;
  at = 0;

  constructor(text: string, dialect: Dialect) {
    this.text = text;
    this.isStrict = dialect === "openmetrics";
  }

  peek(character: string): boolean {
    return this.text[this.at] === character;
  }

  skip(character: string): boolean {
    if (!this.peek(character)) return false;
    this.at++;
    return true;
  }

  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }

  /** Skips blanks that the text format allows; OpenMetrics has none in such places. */
  blanks(): void {
    if (this.isStrict) return;
    while (this.peek(" ") || this.peek("\t")) this.at++;
  }

  /** Skips what separates two tokens. */
  gap(codeIfMissing: FindingCode): void {
    const blanks = this.match(/[ \t]+/y);
    if (blanks === undefined) {
      throw new LineError(
        codeIfMissing,
        `Nothing separates two tokens at column ${this.at + 1} of "${excerpt(this.text)}"`,
      );
    }
    if (this.isStrict && (blanks !== " " || this.at === this.text.length)) {
      throw new LineError("bad-whitespace", `Other whitespace than one space before column ${this.at + 1}`);
    }
  }

  token(codeIfMissing: FindingCode): string {
    const token = this.match(TOKEN);
    if (token === undefined) {
      throw new LineError(codeIfMissing, `A token is missing at the end of "${excerpt(this.text)}"`);
    }
    return token;
  }

  /** Reads `"..."` and resolves its escapes. */
  quoted(codeIfUnclosed: FindingCode): string {
    const start = ++this.at;
    for (; this.at < this.text.length; this.at++) {
      if (this.peek('"')) return unescape(this.text.slice(start, this.at++));
      if (!this.peek("\\")) continue;
      this.at++;
      if (!this.peek("\\") && !this.peek('"') && !this.peek("n")) {
        throw new LineError("bad-escape", `An escape is "\\${this.text[this.at] ?? ""}"`);
      }
    }
    throw new LineError(codeIfUnclosed, `A quote is not closed in "${excerpt(this.text)}"`);
  }

  /** Reads `{...}`, with a quoted metric name at its beginning if one may be there. */
  labelSet(options: { mayHoldName: boolean }): { name?: string; labels: Map<string, string> } {
    const labels = new Map<string, string>();
    let name: string | undefined;
    this.at++;
    this.blanks();
    while (!this.peek("}")) {
      const isQuoted = this.peek('"');
      const key = isQuoted ? this.quoted("bad-labels") : this.match(LABEL_NAME);
      this.blanks();
      const isName = isQuoted && options.mayHoldName && name === undefined && labels.size === 0 &&
        !this.peek("=");
      if (!key) {
        throw new LineError(
          isName ? "bad-metric-name" : "bad-label-name",
          `Column ${this.at + 1} of "${excerpt(this.text)}"`,
        );
      }
      if (isName) name = key;
      else this.#labelValue(labels, key);
      this.blanks();
      if (!this.skip(",")) break;
      this.blanks();
      if (this.isStrict && this.peek("}")) {
        throw new LineError("bad-labels", "A comma stands before the closing brace");
      }
    }
    if (!this.skip("}")) {
      throw new LineError("bad-labels", `Wanted a comma or a brace at column ${this.at + 1}`);
    }
    return { name, labels };
  }

  #labelValue(labels: Map<string, string>, key: string): void {
    if (!this.skip("=")) throw new LineError("bad-labels", `Wanted an equals sign at column ${this.at + 1}`);
    this.blanks();
    if (!this.peek('"')) throw new LineError("bad-labels", `Wanted a double quote at column ${this.at + 1}`);
    if (labels.has(key)) throw new LineError("duplicate-label", `A label set has "${key}" twice`);
    labels.set(key, this.quoted("bad-labels"));
  }

  /** Reads a timestamp behind a value, if there is one. */
  timestamp(): number | undefined {
    const isText = !this.isStrict;
    if (isText) this.blanks();
    if (this.at === this.text.length) return undefined;
    if (!isText) this.gap("bad-timestamp");
    if (!isText && this.peek("#")) return undefined;
    const token = this.token("bad-timestamp");
    const timestamp = parseTimestamp(token, isText ? INTEGER : NUMBER);
    if (isText) this.#end();
    else if (this.at < this.text.length) this.gap("bad-exemplar");
    return isText ? timestamp / 1000 : timestamp;
  }

  /** Reads an exemplar, if there is one. */
  exemplar(): ParsedExemplar | undefined {
    if (this.at === this.text.length) return undefined;
    if (!this.skip("#")) throw new LineError("bad-exemplar", `Wanted an exemplar at column ${this.at + 1}`);
    this.gap("bad-exemplar");
    if (!this.peek("{")) throw new LineError("bad-exemplar", `Wanted a brace at column ${this.at + 1}`);
    const { labels } = this.labelSet({ mayHoldName: false });
    this.gap("bad-exemplar");
    const value = parseValue(this.token("bad-exemplar"));
    if (this.at === this.text.length) return { labels, value };
    this.gap("bad-exemplar");
    const timestamp = parseTimestamp(this.token("bad-exemplar"), NUMBER);
    this.#end();
    return { labels, value, timestamp };
  }

  #end(): void {
    this.blanks();
    if (this.at < this.text.length) {
      throw new LineError(
        "bad-timestamp",
        `More follows at column ${this.at + 1} of "${excerpt(this.text)}"`,
      );
    }
  }
}
