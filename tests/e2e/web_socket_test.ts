/**
 * WebSockets: served where the host has them, refused clearly where not, closed when the server ends.
 */
import { assertEquals } from "@std/assert";
import { startApp } from "../_support/app_server.ts";
import { denoWithoutFlags } from "../_support/runtimes.ts";
import { waitFor } from "../_support/wait_for.ts";

const MODULE = "tests/testdata/apps/socket_app.ts";

/** An open socket that notes what it gets and how it is closed. */
async function connect(url: string) {
  const socket = new WebSocket(url.replace(/^http/, "ws"));
  const received: unknown[] = [];
  const closed = Promise.withResolvers<number>();
  socket.onmessage = ({ data }) => received.push(data);
  socket.onclose = ({ code }) => closed.resolve(code);
  await waitFor(() => socket.readyState !== WebSocket.CONNECTING, { what: "the handshake" });
  return { socket, received, closed: closed.promise };
}

Deno.test("a WebSocket echoes, is counted as 101, and is closed when the server drains", async () => {
  await using app = await startApp({ module: MODULE, workers: 2 });
  const { socket, received, closed } = await connect(app.url);
  socket.send("hello");
  await waitFor(() => received.length === 1, { what: "the echo" });
  assertEquals(received, ["echo hello"]);
  const scrape = await app.scrape();
  assertEquals(scrape.sum("http_requests_total", 'route="/socket"', 'status="101"'), 1);
  assertEquals(scrape.sum("http_requests_in_flight"), 0);
  app.command.kill("SIGTERM");
  assertEquals(await closed, 1001);
  assertEquals((await app.command.ended).code, 0);
});

Deno.test("a request that does not ask for a WebSocket is told what is wanted", async () => {
  await using app = await startApp({ module: MODULE, workers: 1 });
  const response = await fetch(app.url);
  assertEquals([response.status, response.headers.get("upgrade")], [426, "websocket"]);
  await response.text();
});

Deno.test("where the host has no WebSockets the answer is 501", async () => {
  const { program } = await denoWithoutFlags();
  await using app = await startApp({ module: MODULE, workers: 2, program });
  const { socket, closed } = await connect(app.url);
  assertEquals(socket.readyState, WebSocket.CLOSED);
  await closed;
  assertEquals((await app.scrape()).sum("http_requests_total", 'status="501"'), 1);
});
