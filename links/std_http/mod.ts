/**
 * A local stand-in for the part of `@std/http` that promslab uses: same names, same signatures, same behaviour,
 * written over the platform. Remove the `links` entry of deno.json to use the original. Routing is not part of this
 * entry point, in the original neither: import `@std/http/unstable-route`.
 *
 * @module
 */
export * from "./etag.ts";
export * from "./negotiation.ts";
export * from "./server_sent_event_stream.ts";
export * from "./status.ts";
