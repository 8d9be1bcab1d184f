/**
 * How values look in messages.
 *
 * @module
 */
export { format, inspect } from "node:util";
