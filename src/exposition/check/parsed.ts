/**
 * What a parser makes of an exposition.
 *
 * @module
 */
import type { MetricType } from "../../model/metric_type.ts";

/** An exemplar behind a sample. */
export interface ParsedExemplar {
  /** The labels in the order of the line. */
  readonly labels: ReadonlyMap<string, string>;
  /** The value. */
  readonly value: number;
  /** Seconds since the Unix epoch, if given. */
  readonly timestamp?: number;
}

/** One line with a value. */
export interface ParsedSample {
  /** The full name, with every suffix. */
  readonly name: string;
  /** The labels in the order of the line. */
  readonly labels: ReadonlyMap<string, string>;
  /** The value; a NaN is not told from another. */
  readonly value: number;
  /** The value as it stands in the line. */
  readonly valueText: string;
  /** Seconds since the Unix epoch, if given; whole milliseconds in the text format. */
  readonly timestamp?: number;
  /** The exemplar behind the value, if there is one. */
  readonly exemplar?: ParsedExemplar;
  /** The number of the line, from 1. */
  readonly line: number;
}

/** A family with its metadata and samples. */
export interface ParsedFamily {
  /** The name as metadata lines have it: in OpenMetrics without the suffixes of samples. */
  readonly name: string;
  /** The type; `unknown` if none is given, or `untyped`. */
  readonly type: MetricType;
  /** The help text, if given. */
  readonly help?: string;
  /** The unit, if given. */
  readonly unit?: string;
  /** The samples in the order of their lines. */
  readonly samples: readonly ParsedSample[];
  /** The number of the family's first line, from 1. */
  readonly line: number;
}
