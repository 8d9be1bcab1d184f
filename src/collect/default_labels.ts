/**
 * Labels that the collector gives to every series, whatever thread it comes from.
 *
 * @module
 */
// CONTROL PLANE
import type { Descriptor } from "../model/descriptor.ts";
import { canonicalLabelValue, type LabelValue } from "../model/label_values.ts";
import { reservedLabelName } from "../model/metric_type.ts";
import { checkLabelNames } from "../model/names.ts";

/**
 * The labels as formats write them.
 *
 * @throws {TypeError | RangeError} If a name or a value is not valid
 */
export function checkDefaultLabels(
  labels: Readonly<Record<string, LabelValue>>,
): Readonly<Record<string, string>> {
  checkLabelNames(Object.keys(labels), { name: "default labels", type: "gauge" });
  return Object.freeze(Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [name, canonicalLabelValue(value, name)]),
  ));
}

/**
 * A definition with the default labels among its constant ones. A label that the family has itself stays as it is,
 * and so does one whose name its samples carry.
 *
 * @param descriptor the definition
 * @param labels the default labels, and the names of the labels that the family's series have
 */
export function withDefaultLabels(
  descriptor: Descriptor,
  labels: { defaultLabels: Readonly<Record<string, string>>; labelNames: readonly string[] },
): Descriptor {
  const { name, type, constLabels } = descriptor;
  const added = Object.entries(labels.defaultLabels).filter(([label]) =>
    !labels.labelNames.includes(label) && !(label in constLabels) && label !== reservedLabelName(type) &&
    !(type === "stateset" && label === name)
  );
  if (added.length === 0) return descriptor;
  return Object.freeze({ ...descriptor, constLabels: { ...Object.fromEntries(added), ...constLabels } });
}
