/**
 * Numbers with what they count.
 *
 * @module
 */
import { formatWhole } from "../dashboard/model/format.ts";

/** A number and its noun: `1 family`, `1,200 families`. */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${formatWhole(number)} ${number === 1 ? one : many}`;
}
