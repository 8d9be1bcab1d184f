/**
 * Which names families and labels may have.
 *
 * @module
 */
// CONTROL PLANE
import { type MetricType, reservedLabelName } from "./metric_type.ts";

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Whether a name needs no quotes in any format. Prometheus data model. */
export function isLegacyMetricName(name: string): boolean {
  return METRIC_NAME.test(name);
}

/** Whether a label name needs no quotes in any format. */
export function isLegacyLabelName(name: string): boolean {
  return LABEL_NAME.test(name);
}

/** A metric name as scrapers get it that know no UTF-8 names: with `_` for each character that they do not know. */
export function underscoredMetricName(name: string): string {
  return name.replace(/[^a-zA-Z0-9_:]/gu, "_").replace(/^[0-9]/, "_");
}

/** The same of a label name. */
export function underscoredLabelName(name: string): string {
  return name.replace(/[^a-zA-Z0-9_]/gu, "_").replace(/^[0-9]/, "_");
}

/**
 * Checks a family's name.
 *
 * @param name the full name
 * @param utf8 whether any well-formed UTF-8 name is allowed, which Prometheus knows since 3.0
 * @throws {TypeError} If it is not a string
 * @throws {RangeError} If it is not a valid name
 */
export function checkMetricName(name: unknown, utf8 = false): asserts name is string {
  if (typeof name !== "string") {
    throw new TypeError(`Cannot define metric: wanted a name, given ${typeof name}`);
  }
  const valid = utf8 ? name.length > 0 && isWellFormed(name) : METRIC_NAME.test(name);
  if (!valid) {
    throw new RangeError(
      `Cannot define metric ${
        JSON.stringify(name)
      }: wanted a name of letters, digits, "_" and ":" that does not start with a digit`,
    );
  }
}

/**
 * Checks the label names of a family.
 *
 * @param names the names in order
 * @param family the family's name, type, and whether UTF-8 names are allowed
 * @throws {TypeError} If a name is not a string
 * @throws {RangeError} If a name is invalid, reserved or given twice, or two are one without UTF-8
 */
export function checkLabelNames(
  names: readonly unknown[],
  family: { name: string; type: MetricType; utf8?: boolean },
): void {
  /** Names by what older scrapers get, for whom two that become one would spoil the whole scrape. */
  const seen = new Map<string, string>();
  for (const name of names) {
    const what = `Cannot define label ${JSON.stringify(name)} of metric "${family.name}"`;
    if (typeof name !== "string") throw new TypeError(`${what}: wanted a string, given ${typeof name}`);
    const valid = family.utf8 ? name.length > 0 && isWellFormed(name) : LABEL_NAME.test(name);
    if (!valid) {
      throw new RangeError(
        `${what}: wanted a name of letters, digits and "_" that does not start with a digit`,
      );
    }
    if (name.startsWith("__")) {
      throw new RangeError(`${what}: names that start with "__" are reserved for Prometheus`);
    }
    if (name === reservedLabelName(family.type)) {
      throw new RangeError(`${what}: the name is reserved for the samples of a ${family.type}`);
    }
    const underscored = underscoredLabelName(name);
    if (family.type === "stateset" && underscored === underscoredLabelName(family.name)) {
      throw new RangeError(`${what}: the name is reserved for the state`);
    }
    const other = seen.get(underscored);
    if (other === name) throw new RangeError(`${what}: the name is given twice`);
    if (other !== undefined) {
      throw new RangeError(
        `${what}: "${other}" and it are both "${underscored}" to scrapers that know no UTF-8 names`,
      );
    }
    seen.set(underscored, name);
  }
}

/** Whether a string has no lone surrogate; `String.prototype.isWellFormed` where there is one. */
export function isWellFormed(value: string): boolean {
  return !/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(value);
}
