import { assertEquals } from "@std/assert";
import { denoHost } from "../../../src/host/deno.ts";
import { waitFor } from "../../_support/wait_for.ts";

/** A listener with one client that does not read an answer without an end. */
async function listenAndStick() {
  const pulled = Promise.withResolvers<void>();
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(new Uint8Array(1 << 16));
      pulled.resolve();
      return new Promise((resolve) => setTimeout(resolve, 1));
    },
  });
  const address = { hostname: "127.0.0.1", port: 0, shared: false };
  const listener = await denoHost().listen(address, () => new Response(body));
  const client = await Deno.connect({ hostname: "127.0.0.1", port: listener.port });
  await client.write(new TextEncoder().encode("GET / HTTP/1.1\r\nhost: x\r\n\r\n"));
  await pulled.promise;
  return { listener, client };
}

/** Whether a promise resolves in time. */
async function resolves(promise: Promise<void>): Promise<boolean> {
  let done = false;
  void promise.then(() => done = true);
  await waitFor(() => done, { what: "the end of the listener", deadlineMs: 10_000 });
  return done;
}

for (const order of ["while it closes", "before it closes"]) {
  Deno.test(`a listener in Deno that is cut ${order} closes, though a client does not let go`, async () => {
    const { listener, client } = await listenAndStick();
    const uncaught: unknown[] = [];
    const note = (event: ErrorEvent) => {
      event.preventDefault();
      uncaught.push(event.error);
    };
    globalThis.addEventListener("error", note);
    if (order === "before it closes") listener.abort();
    const closed = listener.close();
    if (order === "while it closes") {
      // The port is given up a turn later; what is cut then must not fail.
      await waitFor(() =>
        Deno.connect({ hostname: "127.0.0.1", port: listener.port }).then((connection) => {
          connection.close();
          return false;
        }, () => true), { what: "the port to be given up" });
      listener.abort();
    }
    assertEquals(await resolves(closed), true);
    client.close();
    globalThis.removeEventListener("error", note);
    assertEquals(uncaught, []);
  });
}
