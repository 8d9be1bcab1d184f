/**
 * Wrong values in error messages.
 *
 * @module
 */
// CONTROL PLANE

/** How a value that was refused reads in a message: `"3"` is a string and `3` a number, and a line stays one line. */
export function givenText(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "bigint":
      return `${value}n`;
    case "number":
    case "boolean":
    case "undefined":
      return String(value);
    default:
      return value === null ? "null" : typeof value;
  }
}
