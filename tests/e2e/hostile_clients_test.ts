/**
 * Clients that send garbage, too much, too slowly or half: the server lives, and answers the others.
 */
import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { type AppServer, startApp } from "../_support/app_server.ts";
import { requestMany } from "../_support/request_many.ts";
import { connectRaw, type RawClient } from "../_support/raw_client.ts";
import { waitFor } from "../_support/wait_for.ts";

/** Both ports, as the same attacks fit both. */
function portsOf(app: AppServer): { port: number; path: string }[] {
  return [{ port: app.port, path: "/" }, { port: app.adminPort, path: "/-/healthy" }];
}

/** Whether both ports answer as if nothing had happened, no worker having been replaced. */
async function assertUnharmed(app: AppServer): Promise<void> {
  const load = await requestMany({ url: `${app.url}/`, total: 60, keepAlive: false });
  assertEquals([...load.statuses], [[200, 60]]);
  assertEquals((await app.scrape()).sum("promslab_worker_restarts_total"), 0);
  assertEquals(app.command.ending, undefined);
}

async function residentBytes(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]) * 1024;
}

Deno.test("raw bytes on both ports harm nobody", async () => {
  await using app = await startApp();
  const random = new Uint8Array(65_536);
  crypto.getRandomValues(random);
  const attacks: (string | Uint8Array)[] = [
    random,
    "\0\0\0\0\r\n\r\n",
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "GET\r\n\r\n",
    "GET / HTTP/9.9\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: \x00\r\n\r\n",
    "GET http:// HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET //evil//..%00 HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET / HTTP/1.1\r\nNo colon here\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n",
    "TRACE / HTTP/1.1\r\nHost: x\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
  ];
  for (const { port } of portsOf(app)) {
    for (const attack of attacks) {
      using client = await connectRaw(port);
      await client.send(attack);
      await client.endSending().catch(() => {});
      await client.read(/\r\n\r\n/, 1_000);
    }
  }
  await assertUnharmed(app);
});

Deno.test("huge request heads on both ports are refused or dropped, in bounded memory", async () => {
  await using app = await startApp();
  for (const { port, path } of portsOf(app)) {
    const before = await residentBytes(app.command.pid);
    for (let round = 0; round < 10; round++) {
      using client = await connectRaw(port);
      await client.send(`GET ${path} HTTP/1.1\r\nHost: x\r\n`);
      // 64 MiB of headers in all, unless the server stops listening to this before.
      const line = `x-filler: ${"f".repeat(65_500)}\r\n`;
      for (let i = 0; i < 100 && await client.send(line); i++);
      const { text } = await client.read(/\r\n\r\n/, 2_000);
      if (text !== "") assertMatch(text, /^HTTP\/1\.1 4\d\d /);
    }
    const grown = await residentBytes(app.command.pid) - before;
    assertLess(grown, 48 * 1024 * 1024, `${grown} bytes more than before`);
  }
  await assertUnharmed(app);
});

Deno.test("half-open and slow connections on both ports leave the others their answers", async () => {
  await using app = await startApp();
  const clients: RawClient[] = [];
  try {
    for (const { port, path } of portsOf(app)) {
      for (let i = 0; i < 100; i++) {
        const client = await connectRaw(port);
        clients.push(client);
        // Some say nothing, some half a request line, some a head without its end, some half a body.
        if (i % 4 === 1) await client.send("GE");
        if (i % 4 === 2) await client.send(`GET ${path} HTTP/1.1\r\nHost: x\r\nx-slow: `);
        if (i % 4 === 3) {
          await client.send(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc`);
        }
      }
    }
    await assertUnharmed(app);
    assertEquals(await fetch(`${app.adminUrl}/-/healthy`).then((response) => response.text()), "healthy\n");
  } finally {
    for (const client of clients) client.close();
  }
  await assertUnharmed(app);
});

Deno.test("pipelined requests are answered in order, each counted", async () => {
  await using app = await startApp({ workers: 1 });
  using client = await connectRaw(app.port);
  const requests = [1, 2, 3].map((n) => `GET /users/u${n} HTTP/1.1\r\nHost: x\r\n\r\n`);
  await client.send(requests.join(""));
  const { text } = await client.read(/u1[\s\S]*u2[\s\S]*u3/);
  assertMatch(text, /u1[\s\S]*u2[\s\S]*u3/);
  assertEquals((await app.scrape()).sum("http_requests_total", 'route="/users/:name"'), 3);
});

Deno.test("a client that leaves in the middle of a stream is counted as 499", async () => {
  await using app = await startApp();
  for (let i = 0; i < 5; i++) {
    using client = await connectRaw(app.port);
    await client.send("GET /stream?events=1000000&ms=5 HTTP/1.1\r\nHost: x\r\n\r\n");
    await client.read(/data:/);
  }
  const scrape = await waitFor(async () => {
    const now = await app.scrape();
    return now.sum("http_requests_total", 'status="499"') === 5 ? now : undefined;
  }, { what: "five clients that left" });
  assertEquals(scrape.sum("http_requests_in_flight"), 0);
});

Deno.test("a scanner's paths and methods make one series each, not thousands", async () => {
  await using app = await startApp();
  await requestMany({ url: (i) => `${app.url}/wp-admin/${i}`, total: 1000 });
  for (let i = 0; i < 30; i++) {
    using client = await connectRaw(app.port);
    await client.send(`SCAN${i} /x HTTP/1.1\r\nHost: x\r\n\r\n`);
    assert((await client.read(/\r\n\r\n/)).text.startsWith("HTTP/1.1 404"));
  }
  const scrape = await app.scrape();
  const lines = [...scrape.samples].filter(([line]) => line.startsWith("http_requests_total"));
  assertEquals(lines, [
    ['http_requests_total{method="GET",route="unmatched",status="404"}', 1000],
    ['http_requests_total{method="other",route="unmatched",status="404"}', 30],
  ]);
});
