// needs: npx
/**
 * Clients that send or read slowly, half or without end, on both ports of every host: the memory is bounded, and the
 * others are served meanwhile.
 */
import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { type AppServer, startApp } from "../_support/app_server.ts";
import { connectRaw, type RawClient } from "../_support/raw_client.ts";
import { requestMany } from "../_support/request_many.ts";
import { residentBytes } from "../_support/resident_bytes.ts";
import { bun, DENO, denoWithoutFlags, node, type Runtime } from "../_support/runtimes.ts";
import { waitFor } from "../_support/wait_for.ts";

const MIB = 1024 * 1024;
const ATTACKERS = 100;

const RUNTIMES: readonly [string, () => Promise<Runtime>][] = [
  ["Deno", () => Promise.resolve(DENO)],
  ["Deno without flags", denoWithoutFlags],
  ["Bun", bun],
  ["Node", node],
];

/** Starts the server on a runtime, warm: engines and pools have taken what they need for requests. */
async function startWarm(find: () => Promise<Runtime>, flags: readonly string[] = []): Promise<AppServer> {
  const { program } = await find();
  const module = "tests/testdata/apps/faulty_app.ts";
  const app = await startApp({ program, module, workers: 2, flags, deadlineMs: 60_000 });
  await serveOthers(app);
  return app;
}

/** Both ports, with a path of each. */
function portsOf(app: AppServer): { port: number; path: string }[] {
  return [{ port: app.port, path: "/ok" }, { port: app.adminPort, path: "/-/healthy" }];
}

/** Other clients, on both ports: all of them are answered. */
async function serveOthers(app: AppServer): Promise<void> {
  for (const url of [`${app.url}/ok`, `${app.adminUrl}/-/healthy`]) {
    const load = await requestMany({ url, total: 30, concurrency: 6, keepAlive: false, deadlineMs: 20_000 });
    assertEquals([[...load.statuses], [...load.errors]], [[[200, 30]], []], url);
  }
}

/** Runs an attack, looks at the memory and at the others while it goes on, and again when it is over. */
async function attack(app: AppServer, clients: RawClient[], megabytes: number): Promise<void> {
  const before = residentBytes(app.command.pid);
  let grown = 0;
  try {
    for (let round = 0; round < 3; round++) {
      await serveOthers(app);
      grown = Math.max(grown, residentBytes(app.command.pid) - before);
    }
  } finally {
    for (const client of clients) client.close();
  }
  assertLess(grown / MIB, megabytes, "MiB more than before");
  await serveOthers(app);
  assertEquals((await app.scrape()).sum("promslab_worker_restarts_total"), 0);
}

/** Sends the start of a request, then a byte every 20 ms for as long as the server takes them. */
async function dribble(port: number, start: string, bytes: string): Promise<RawClient> {
  const client = await connectRaw(port);
  await client.send(start);
  let sent = 0;
  const timer = setInterval(async () => {
    if (!await client.send(bytes[sent++ % bytes.length])) clearInterval(timer);
  }, 20);
  return client;
}

for (const [name, find] of RUNTIMES) {
  Deno.test(`${name}: heads and bodies that come byte by byte hold up nobody else`, async () => {
    await using app = await startWarm(find);
    const clients: RawClient[] = [];
    for (const { port, path } of portsOf(app)) {
      const starts: [string, string][] = [
        ["", "GET /"],
        [`GET ${path} HTTP/1.1\r\nHost: x\r\nx-slow: `, "y"],
        [`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n`, "z"],
        [`POST ${path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`, "1\r\nz\r\n"],
      ];
      for (let i = 0; i < ATTACKERS; i++) clients.push(await dribble(port, ...starts[i % starts.length]));
    }
    // Some read their body, byte by byte as well.
    for (let i = 0; i < ATTACKERS / 4; i++) {
      clients.push(
        await dribble(app.port, "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n", "z"),
      );
    }
    await attack(app, clients, 64);
  });

  Deno.test(`${name}: a client that has closed its side gets its answer, or its connection closed`, async () => {
    await using app = await startWarm(find);
    for (const { port, path } of portsOf(app)) {
      using whole = await connectRaw(port);
      await whole.send(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      await whole.endSending();
      const answer = await whole.read(/\r\n\r\n[\s\S]+/);
      assert(answer.closed || /^HTTP\/1\.1 200 /.test(answer.text), answer.text);
      using half = await connectRaw(port);
      await half.send(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc`);
      await half.endSending();
      assert((await half.read(/never comes/)).closed, "a half request is given up");
    }
    await serveOthers(app);
  });

  Deno.test(`${name}: pipelined requests whose answers nobody reads are bounded`, async () => {
    await using app = await startWarm(find);
    const clients: RawClient[] = [];
    for (const { port, path } of portsOf(app)) {
      const batch = `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(1000);
      for (let i = 0; i < 4; i++) {
        const client = await connectRaw(port);
        clients.push(client);
        // It sends until the server takes no more, which then leaves this waiting, or until it is closed.
        void (async () => {
          for (let sent = 0; sent < 200 && await client.send(batch); sent++);
        })();
      }
    }
    // Bun reads on and keeps the answers: as much as the clients send.
    await attack(app, clients, name === "Bun" ? Infinity : 128);
  });

  Deno.test(`${name}: pipelined requests are answered in order`, async () => {
    await using app = await startWarm(find);
    using client = await connectRaw(app.port);
    const paths = ["/slow?ms=60", "/ok", "/stream?count=2&ms=20", "/headers", "/slow?ms=1"];
    const batch = paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\nx-request-id: id-7\r\n\r\n`);
    await client.send(batch.join(""));
    // Bun cuts a connection whose next request comes before it has answered one that takes its time.
    if (name === "Bun") return assert((await client.read(/never comes/)).closed);
    const order = /slow\n[\s\S]*worker \d\n[\s\S]*chunk 2\n[\s\S]*id-7[\s\S]*slow\n/;
    assertMatch((await client.read(order)).text, order);
  });

  Deno.test(`${name}: bodies without end are cut or left unread, and answers that nobody reads are not made`, async () => {
    await using app = await startWarm(find, ["--max-body-bytes", "100000"]);
    const clients: RawClient[] = [];
    const chunk = `10000\r\n${"x".repeat(65_536)}\r\n`;
    for (
      const [port, path] of [[app.port, "/ok"], [app.port, "/body"], [app.adminPort, "/metrics"]] as const
    ) {
      for (let i = 0; i < 4; i++) {
        const client = await connectRaw(port);
        clients.push(client);
        await client.send(`POST ${path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`);
        void (async () => {
          for (let sent = 0; sent < 500 && await client.send(chunk); sent++);
        })();
      }
    }
    for (let i = 0; i < 8; i++) {
      const client = await connectRaw(app.port);
      clients.push(client);
      await client.send("GET /fat HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    const streamed = async () => (await app.scrape()).sum("http_response_streamed_bytes_total");
    let last = -1;
    await waitFor(async () => {
      const before = last;
      last = await streamed();
      return last > 0 && last === before;
    }, { what: "the fat streams to stand still", pauseMs: 300 });
    await attack(app, clients, 160);
    using client = await connectRaw(app.port);
    await client.send(
      `POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 100001\r\n\r\n${"x".repeat(100_001)}`,
    );
    assertMatch((await client.read(/\r\n\r\n/)).text, /^HTTP\/1\.1 413 /);
  });
}
