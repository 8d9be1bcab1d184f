/**
 * The version of this library.
 *
 * @module
 */
// CONTROL PLANE

/** The version, the same as in deno.json and package.json. */
export const VERSION = "0.1.0";
