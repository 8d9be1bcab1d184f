/**
 * Ports that nobody listens on.
 *
 * @module
 */

/**
 * A TCP port of the loopback that was free a moment ago. Prefer port 0 where the server can say which one it got; between
 * this call and the use of the port another process may take it.
 */
export function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}
