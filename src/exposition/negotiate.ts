/**
 * Which format answers a scrape: the table of formats, and the choice by the `Accept` header.
 * A new format is a new row here.
 *
 * @module
 */
// CONTROL PLANE
import { givenText } from "../model/given_text.ts";
import { type AcceptClause, parseAccept } from "./accept.ts";
import { ESCAPING_SCHEMES, type EscapingScheme } from "./escape_name.ts";
import type { Format } from "./format.ts";
import { createOpenMetricsFormat } from "./openmetrics_sink.ts";
import { createOpenMetrics2Format } from "./openmetrics2_sink.ts";
import { createProtobufFormat } from "./protobuf_sink.ts";
import { createTextFormat } from "./text_sink.ts";

/** What all formats of one server have in common. */
export interface FormatOptions {
  /** Whether OpenMetrics 1.0 shows when series began to count, as `_created` lines; false if not given. */
  readonly created?: boolean;
}

/** A row of the table of formats. */
interface FormatRow {
  readonly mediaType: string;
  /** The parameters that a clause must have. */
  readonly params: Readonly<Record<string, string>>;
  /** Whether a clause without the parameter `version` means this row. */
  readonly isDefaultVersion?: boolean;
  create(escaping: EscapingScheme, options: FormatOptions): Format;
}

const OPENMETRICS = "application/openmetrics-text";

/**
 * The name of a format: the text format 0.0.4, OpenMetrics 1.0.0 and 0.0.1, the delimited binary format, the text
 * format 1.0.0, OpenMetrics 2.0.0.
 */
export type FormatName = "text" | "openmetrics" | "openmetrics001" | "protobuf" | "text1" | "openmetrics2";

/** All formats by name, the ones that a wildcard prefers first. */
const FORMATS: Readonly<Record<FormatName, FormatRow>> = {
  text: {
    mediaType: "text/plain",
    params: { version: "0.0.4" },
    isDefaultVersion: true,
    create: (escaping) => createTextFormat({ escaping }),
  },
  openmetrics: {
    mediaType: OPENMETRICS,
    params: { version: "1.0.0" },
    create: (escaping, { created }) => createOpenMetricsFormat({ escaping, created }),
  },
  openmetrics001: {
    mediaType: OPENMETRICS,
    params: { version: "0.0.1" },
    isDefaultVersion: true,
    create: (escaping, { created }) => createOpenMetricsFormat({ version: "0.0.1", escaping, created }),
  },
  protobuf: {
    mediaType: "application/vnd.google.protobuf",
    params: { proto: "io.prometheus.client.MetricFamily", encoding: "delimited" },
    create: (escaping) => createProtobufFormat({ escaping }),
  },
  text1: {
    mediaType: "text/plain",
    params: { version: "1.0.0" },
    create: (escaping) => createTextFormat({ version: "1.0.0", escaping }),
  },
  openmetrics2: {
    mediaType: OPENMETRICS,
    params: { version: "2.0.0" },
    create: (escaping) => createOpenMetrics2Format({ escaping }),
  },
};

/**
 * All {@linkcode FormatName}s.
 *
 * @example By name
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { FORMAT_NAMES } from "promslab/exposition";
 *
 * assertEquals(FORMAT_NAMES.includes("openmetrics"), true);
 * ```
 */
export const FORMAT_NAMES = Object.keys(FORMATS) as readonly FormatName[];

/** What a scraper gets. */
export interface Negotiated {
  /** The format. */
  readonly name: FormatName;
  /** What happens to names that are not valid in the classic data model. */
  readonly escaping: EscapingScheme;
}

/**
 * Chooses the format for a scrape as client_golang does: the clause of the highest weight that names a format
 * wins, the last escaping scheme seen up to there goes with it, and there is always an answer. A wildcard is
 * answered with text, which is what a person with a browser wants; so is a header that is missing.
 *
 * @param accept the value of the `Accept` header
 *
 * @example A scraper that prefers OpenMetrics
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { negotiate } from "promslab/exposition";
 *
 * const accept = "application/openmetrics-text; version=1.0.0, text/plain; version=0.0.4; q=0.5";
 * assertEquals(negotiate(accept).name, "openmetrics");
 * ```
 */
export function negotiate(accept: string | null | undefined): Negotiated {
  let escaping: EscapingScheme = "underscores";
  const clauses = parseAccept(accept ?? "");
  const excluded = clauses.filter((clause) => clause.q === 0);
  const allowed = FORMAT_NAMES.filter((name) =>
    !excluded.some((exclusion) => excludes(exclusion, FORMATS[name]))
  );
  for (const clause of clauses) {
    if (clause.q === 0) break;
    const scheme = ESCAPING_SCHEMES.find((known) => known === clause.params.get("escaping"));
    if (scheme !== undefined) escaping = scheme;
    const name = allowed.find((name) => names(clause, FORMATS[name]));
    if (name !== undefined) return { name, escaping };
  }
  return { name: "text", escaping };
}

/**
 * Makes a format; keep it, as it remembers what it rendered (see {@linkcode Format}).
 *
 * @throws {RangeError} If there is no format of that name
 *
 * @example The format of a negotiation
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createFormat, negotiate } from "promslab/exposition";
 *
 * const format = createFormat(negotiate("application/openmetrics-text; version=1.0.0"));
 * assertEquals(format.contentType.startsWith("application/openmetrics-text; version=1.0.0"), true);
 * ```
 */
export function createFormat(what: Negotiated, options: FormatOptions = {}): Format {
  if (!FORMAT_NAMES.includes(what.name)) {
    throw new RangeError(
      `Cannot make format ${givenText(what.name)}: wanted one of ${FORMAT_NAMES.join(", ")}`,
    );
  }
  return FORMATS[what.name].create(what.escaping, options);
}

/** Whether a clause asks for a format. */
function names(clause: AcceptClause, row: FormatRow): boolean {
  if (clause.value.endsWith("/*")) return isWithin(row.mediaType, clause.value);
  if (clause.value !== row.mediaType) return false;
  return Object.entries(row.params).every(([name, wanted]) => {
    const given = clause.params.get(name);
    return given === undefined ? name === "version" && row.isDefaultVersion === true : given === wanted;
  });
}

/** Whether a clause of weight 0 rules a format out: parameters that it does not have may be anything. */
function excludes(clause: AcceptClause, row: FormatRow): boolean {
  if (clause.value !== row.mediaType) return false;
  return Object.entries(row.params).every(([name, own]) => (clause.params.get(name) ?? own) === own);
}

function isWithin(mediaType: string, range: string): boolean {
  return range === "*/*" || mediaType.startsWith(range.slice(0, -1));
}
