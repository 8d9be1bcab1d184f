import { assertEquals } from "@std/assert";
import type { ScrapeQuestion } from "../../../src/server/messages.ts";
import { ScrapeClient } from "../../../src/server/scrape_client.ts";

Deno.test("ScrapeClient.scrape() asks with what matters of the request and answers with what comes back", async () => {
  const asked: (ScrapeQuestion & { id: number })[] = [];
  const client = new ScrapeClient((question) => asked.push(question));
  const headers = { accept: "text/plain", "accept-encoding": "gzip" };
  const first = client.scrape(new Request("http://localhost/metrics?name[]=a", { headers }));
  const second = client.scrape(new Request("http://localhost/metrics", { method: "HEAD" }));
  assertEquals(
    asked.map(({ id, ...rest }) => [id, rest.method, rest.accept, rest.acceptEncoding, rest.query]),
    [
      [1, "GET", "text/plain", "gzip", "name[]=a"],
      [2, "HEAD", null, null, ""],
    ],
  );
  const body = new TextEncoder().encode("two") as Uint8Array<ArrayBuffer>;
  client.answer({ id: 2, status: 200, headers: { "x-a": "b" }, body });
  client.answer({ id: 1, status: 503, headers: {}, body: new Uint8Array() });
  assertEquals((await first).status, 503);
  assertEquals([await (await second).text(), (await second).headers.get("x-a")], ["two", "b"]);
});

Deno.test("ScrapeClient.answer() ignores an answer that nobody waits for", () => {
  const client = new ScrapeClient(() => {});
  client.answer({ id: 9, status: 200, headers: {}, body: new Uint8Array() });
});
