import { assertEquals, assertRejects } from "@std/assert";
import type { FromWorker } from "../../../../src/server/workers/messages.ts";
import { waitFor } from "../../../_support/wait_for.ts";
import { ScrapeClient } from "../../../../src/server/scrape/scrape_client.ts";

const bytesOf = (text: string) => (new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>).buffer;

function clientOf() {
  const posted: FromWorker[] = [];
  return { client: new ScrapeClient((message) => posted.push(message)), posted };
}

Deno.test("ScrapeClient.scrape() asks with what matters of the request and answers with what comes back", async () => {
  const { client, posted } = clientOf();
  const headers = { accept: "text/plain", "accept-encoding": "gzip" };
  const first = client.scrape(new Request("http://localhost/metrics?name[]=a", { headers }));
  const second = client.scrape(new Request("http://localhost/metrics", { method: "HEAD" }));
  const request = { type: "scrape", authorization: null, timeoutSeconds: null };
  assertEquals<unknown>(posted, [
    { ...request, id: 1, method: "GET", accept: "text/plain", acceptEncoding: "gzip", query: "name[]=a" },
    { ...request, id: 2, method: "HEAD", accept: null, acceptEncoding: null, query: "" },
  ]);
  client.answer({ id: 2, status: 200, headers: { "x-a": "b" }, bytes: bytesOf("two"), hasMore: false });
  client.answer({ id: 1, status: 503, headers: {}, bytes: bytesOf(""), hasMore: false });
  assertEquals((await first).status, 503);
  assertEquals([await (await second).text(), (await second).headers.get("x-a")], ["two", "b"]);
});

Deno.test("ScrapeClient.scrape() asks for piece after piece, each when there is room for it", async () => {
  const { client, posted } = clientOf();
  const response = client.scrape(new Request("http://localhost/metrics"));
  client.answer({ id: 1, status: 200, headers: {}, bytes: bytesOf("one"), hasMore: true });
  const reader = (await response).body!.getReader();
  assertEquals((await reader.read()).value, new Uint8Array(bytesOf("one")));
  assertEquals(posted.length, 1);
  for (const [text, hasMore] of [["two", true], ["three", false]] as const) {
    const next = reader.read();
    await waitFor(() => posted.length > 1, { what: "the wish for another piece" });
    assertEquals(posted.splice(1), [{ type: "scrapeMore", id: 1 }]);
    client.piece({ id: 1, bytes: bytesOf(text), hasMore });
    assertEquals((await next).value, new Uint8Array(bytesOf(text)));
  }
  assertEquals((await reader.read()).done, true);
});

Deno.test("ScrapeClient.scrape() says when its client has left, and fails when the main thread says that it did", async () => {
  const { client, posted } = clientOf();
  const [first, second] = [1, 2].map(() => client.scrape(new Request("http://localhost/metrics")));
  for (const id of [1, 2]) {
    client.answer({ id, status: 200, headers: {}, bytes: bytesOf("x"), hasMore: true });
  }
  await (await first).body!.cancel();
  assertEquals(posted.slice(2), [{ type: "scrapeEnd", id: 1 }]);
  const text = (await second).text();
  await waitFor(() => posted.length > 3, { what: "the wish for another piece" });
  assertEquals(posted.slice(3), [{ type: "scrapeMore", id: 2 }]);
  client.piece({ id: 2, bytes: bytesOf(""), hasMore: false, error: "too slow" });
  await assertRejects(() => text, Error, "too slow");
});

Deno.test("ScrapeClient.answer() and piece() ignore what nobody waits for", async () => {
  const { client, posted } = clientOf();
  const response = client.scrape(new Request("http://localhost/metrics"));
  client.answer({ id: 9, status: 500, headers: {}, bytes: bytesOf("stray"), hasMore: true });
  client.piece({ id: 1, bytes: bytesOf("too early"), hasMore: true });
  client.answer({ id: 1, status: 200, headers: {}, bytes: bytesOf("whole"), hasMore: false });
  client.answer({ id: 1, status: 503, headers: {}, bytes: bytesOf("twice"), hasMore: false });
  client.piece({ id: 1, bytes: bytesOf("too late"), hasMore: false, error: "too late" });
  assertEquals([(await response).status, await (await response).text()], [200, "whole"]);
  assertEquals(posted.length, 1);
});
