import { assert, assertEquals, assertRejects } from "@std/assert";
import { ScrapeBody } from "../../../../src/server/scrape/scrape_body.ts";
import { scrapeRequest, scrapeResponse } from "../../../../src/server/scrape/scrape_response.ts";

Deno.test("scrapeRequest() takes what matters of a request", () => {
  const headers = {
    accept: "a/b",
    "accept-encoding": "gzip",
    authorization: "Bearer x",
    "X-Prometheus-Scrape-Timeout-Seconds": "9.5",
  };
  assertEquals(scrapeRequest(new Request("http://localhost/metrics?name[]=c", { headers })), {
    method: "GET",
    accept: "a/b",
    acceptEncoding: "gzip",
    authorization: "Bearer x",
    query: "name[]=c",
    timeoutSeconds: "9.5",
  });
  const request = new Request("http://localhost/metrics", { headers });
  assertEquals(scrapeRequest(request, false).authorization, null);
});

Deno.test("scrapeResponse() sends small and large bodies whole", async () => {
  for (const size of [0, 1, 65_536, 65_537, 1 << 20]) {
    let ends = 0;
    const bytes = Uint8Array.from({ length: size }, (_, i) => i * 7);
    const body = new ScrapeBody([bytes.subarray(0, size / 3), bytes.subarray(size / 3)], () => ends++);
    if (size === 0) body.close();
    const response = scrapeResponse({ status: 200, headers: { "x-a": "b" }, body });
    assertEquals([response.status, response.headers.get("x-a")], [200, "b"]);
    assertEquals(new Uint8Array(await response.arrayBuffer()), bytes);
    assertEquals(ends, 1);
  }
});

Deno.test("scrapeResponse() has bytes of its own, whoever writes into the body's later", async () => {
  const text = "a 1\n".repeat(300);
  const handler = () => {
    const bytes = new TextEncoder().encode(text);
    const body = new ScrapeBody([bytes], () => bytes.fill(0));
    return scrapeResponse({ status: 200, headers: { "content-type": "text/plain", "x-a": "b" }, body });
  };
  assertEquals(await handler().text(), text);
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, handler);
  assertEquals(await (await fetch(`http://127.0.0.1:${server.addr.port}`)).text(), text);
  await server.shutdown();
});

Deno.test("scrapeResponse() lets go of a body whose reader has left, and breaks off one that took too long", async () => {
  let ends = 0;
  const bodies = [1, 2].map(() => new ScrapeBody([new Uint8Array(1 << 20)], () => ends++));
  const [left, slow] = bodies.map((body) =>
    scrapeResponse({ status: 200, headers: {}, body }).body!.getReader()
  );
  assert(!(await left.read()).done);
  await left.cancel();
  assertEquals(ends, 1);
  assert(!(await slow.read()).done);
  bodies[1].cut();
  assertEquals(ends, 2);
  await assertRejects(() => slow.read(), Error, "time is over");
});
