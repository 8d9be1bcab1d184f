/**
 * What the server must do on every host. One suite, run by a test file for each runtime.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { HUNG } from "../../src/server/workers/supervisor.ts";
import { type AppServer, type AppServerOptions, endsSaid, startApp } from "../_support/app_server.ts";
import { runCommand } from "../_support/command.ts";
import { connectRaw } from "../_support/raw_client.ts";
import { requestMany } from "../_support/request_many.ts";
import type { Runtime } from "../_support/runtimes.ts";
import { waitFor } from "../_support/wait_for.ts";

const MODULE = "tests/testdata/apps/faulty_app.ts";

/** Defines the suite's tests for one runtime; `limitsHeap` says whether it ends a thread at its heap limit. */
export function testHost(
  name: string,
  findRuntime: () => Promise<Runtime>,
  { limitsHeap = true }: { limitsHeap?: boolean } = {},
): void {
  let runtime: Runtime | undefined;
  const start = async (options: Omit<AppServerOptions, "program"> = {}): Promise<AppServer> => {
    runtime ??= await findRuntime();
    return await startApp({ module: MODULE, deadlineMs: 60_000, ...options, program: runtime.program });
  };
  const test = (what: string, run: () => Promise<void>) => Deno.test(`${name}: ${what}`, run);
  defineAnswers(test, start);
  defineFailures(test, start);
  if (limitsHeap) defineHeapLimit(test, start);
  defineEnds(test, start, () => runtime!);
}

type Test = (what: string, run: () => Promise<void>) => void;
type Start = (options?: Omit<AppServerOptions, "program">) => Promise<AppServer>;

function defineAnswers(test: Test, start: Start): void {
  test("totals are exact on both ports, and every worker answers", async () => {
    await using app = await start();
    const loads = await Promise.all([
      requestMany({ url: `${app.url}/ok`, total: 2_000, concurrency: 12 }),
      requestMany({ url: `${app.url}/ok`, total: 1_000, concurrency: 8, keepAlive: false }),
    ]);
    assertEquals(loads.map(({ errors }) => [...errors]), [[], []]);
    for (const port of ["serving", "admin"] as const) {
      const scrape = await app.scrape(port);
      assertEquals(scrape.sum("http_requests_total", 'route="/ok"'), 3_000);
      assertEquals(scrape.sum("app_hits_total"), 3_000);
    }
    const workers = new Set<string>();
    await waitFor(async () => {
      const response = await fetch(`${app.url}/ok`, { headers: { connection: "close" } });
      workers.add(await response.text());
      return workers.size === 3;
    }, { what: "an answer of each of the three workers", pauseMs: 1 });
  });

  test("bodies, heads and streams go both ways whole", async () => {
    await using app = await start({ workers: 1 });
    const body = new Uint8Array(3_000_000).fill(7);
    const echoed = await fetch(`${app.url}/body`, { method: "POST", body });
    assertEquals(await echoed.text(), "3000000");
    const head = await fetch(`${app.url}/stream?count=3&ms=1`, { method: "HEAD" });
    assertEquals([head.status, await head.text()], [200, ""]);
    const stream = await fetch(`${app.url}/stream?count=3&ms=1`);
    assertEquals(await stream.text(), "chunk 1\nchunk 2\nchunk 3\n");
    const headers = await (await fetch(`${app.url}/headers`, { headers: { "x-request-id": "id-7" } })).json();
    assertEquals(headers, { remoteAddress: "127.0.0.1", requestId: "id-7" });
    const cookies = (await fetch(`${app.url}/cookies`)).headers.getSetCookie();
    assertEquals(cookies, ["a=1", "b=2"]);
    const scrape = await app.scrape();
    assertEquals(scrape.sum("http_requests_total", 'route="/stream"', 'method="GET"'), 1);
    assertEquals(scrape.sum("http_requests_in_flight"), 0);
  });

  test("a client that leaves is counted as 499, during a stream and before the response", async () => {
    await using app = await start({ workers: 1 });
    for (const [path, sign] of [["/stream?count=-1&ms=5", /chunk/], ["/signal", undefined]] as const) {
      using client = await connectRaw(app.port);
      await client.send(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
      if (sign !== undefined) await client.read(sign);
      else {await waitFor(async () => (await app.scrape()).sum("http_requests_in_flight") === 1, {
          what: path,
        });}
      client.close();
      const route = `route="${path.split("?")[0]}"`;
      await waitFor(
        async () => (await app.scrape()).sum("http_requests_total", route, 'status="499"') === 1,
        {
          what: `${path} to be counted`,
        },
      );
    }
    assertEquals((await app.scrape()).sum("http_requests_in_flight"), 0);
  });
}

function defineFailures(test: Test, start: Start): void {
  test("a handler that throws answers 500 and the worker lives", async () => {
    await using app = await start({ workers: 1 });
    const response = await fetch(`${app.url}/throw`);
    assertEquals([response.status, await response.text()], [500, "Internal Server Error\n"]);
    assertEquals((await app.scrape()).sum("http_requests_total", 'status="500"'), 1);
    assertStringIncludes(app.command.stderr, "secret detail");
  });

  test("a worker that crashes is replaced with its counts kept", async () => {
    await using app = await start();
    await requestMany({ url: `${app.url}/ok`, total: 100, keepAlive: false });
    await (await fetch(`${app.url}/throw-later`)).text();
    await replaced(app, "crash");
    assertEquals((await app.scrape()).sum("http_requests_total", 'route="/ok"'), 100);
    const load = await requestMany({ url: `${app.url}/ok`, total: 100, keepAlive: false });
    assertEquals([...load.errors], []);
    assertEquals((await app.scrape()).sum("http_requests_total", 'route="/ok"'), 200);
  });

  test("a worker that hangs is replaced with its counts kept", async () => {
    await using app = await start({ flags: ["--hang-seconds", "1.5"] });
    const hanging = fetch(`${app.url}/loop`).then((response) => response.text()).catch(() => {});
    await replaced(app, "hang");
    // Deno and Node cut the connection; Bun answers with a page of its own.
    await hanging;
    const counted = (await app.scrape()).sum("app_hits_total", 'path="loop"');
    assert(counted > 1000);
    const load = await requestMany({ url: `${app.url}/ok`, total: 100, keepAlive: false });
    assertEquals([...load.errors], []);
    assertEquals((await app.scrape()).sum("app_hits_total", 'path="loop"'), counted);
  });
}

function defineHeapLimit(test: Test, start: Start): void {
  test("a worker that reaches its heap limit is replaced", async () => {
    await using app = await start({ workers: 1, flags: ["--worker-heap-mb", "64"] });
    await fetch(`${app.url}/heap`).then((response) => response.text()).catch(() => {});
    await replaced(app, "memory");
    assertEquals((await app.scrape()).sum("app_hits_total", 'path="/heap"'), 1);
  });
}

/** Waits for a replacement and a full house. */
async function replaced(app: AppServer, reason: string): Promise<void> {
  // The one that is lost may be seen as live or not by now; the log says how many there were.
  const configured = Number(/\((\d+) workers?\)/.exec(app.command.stdout)![1]);
  await waitFor(async () => {
    const scrape = await app.scrape();
    const restarts = scrape.sum("promslab_worker_restarts_total", `reason="${reason}"`);
    const wanted = reason === "hang" ? endsSaid(app, HUNG) : 1;
    return restarts > 0 && restarts === wanted &&
      scrape.sum("promslab_workers", 'state="live"') === configured;
  }, { what: `a replacement for ${reason}`, deadlineMs: 20_000 }).catch((error: Error) => {
    const { ending, stderr } = app.command;
    const state = ending === undefined ? "lives" : `ended with ${ending.code ?? ending.signal}`;
    throw new Error(`${error.message}; the server ${state}, and said:\n${stderr}`);
  });
}

function defineEnds(test: Test, start: Start, runtime: () => Runtime): void {
  test("SIGTERM lets requests and streams end, then the process, with exit code 0", async () => {
    await using app = await start();
    const open = [
      ...Array.from({ length: 6 }, () => fetch(`${app.url}/slow?ms=600`)),
      ...Array.from({ length: 10 }, () => fetch(`${app.url}/stream?count=8&ms=100`)),
    ].map((response) => response.then((r) => r.text()));
    await waitFor(async () => (await app.scrape()).sum("http_requests_in_flight") === 16, {
      what: "all in flight",
    });
    app.command.kill("SIGTERM");
    await waitFor(() => fetch(`${app.url}/ok`).then(() => false, () => true), {
      what: "the port to be closed",
    });
    assert((await app.scrape()).sum("http_requests_in_flight") > 0);
    for (const text of await Promise.all(open)) assertMatch(text, /^slow\n$|chunk 8\n$/);
    assertEquals((await app.command.ended).code, 0);
  });

  test("a stream that does not end is cut at the deadline, still with exit code 0", async () => {
    await using app = await start({ workers: 2, flags: ["--drain-seconds", "0.5"] });
    const endless = await fetch(`${app.url}/stream?count=-1&ms=50`);
    assertEquals((await app.command.stop("SIGTERM")).code, 0);
    assert(
      await endless.text().then(() => false, () => true),
      "the client learns that the stream is not whole",
    );
  });

  test("an idle server with kept connections ends at once", async () => {
    await using app = await start();
    await requestMany({ url: `${app.url}/ok`, total: 20, concurrency: 10 });
    const kept = await connectRaw(app.port);
    await kept.send("GET /ok HTTP/1.1\r\nHost: x\r\n\r\n");
    await kept.read(/worker/);
    const startMs = performance.now();
    assertEquals((await app.command.stop("SIGTERM")).code, 0);
    assert(performance.now() - startMs < 5_000);
    kept.close();
  });

  test("a second signal ends the process at once", async () => {
    await using app = await start({ flags: ["--drain-seconds", "60"] });
    const endless = await fetch(`${app.url}/stream?count=-1&ms=50`);
    app.command.kill("SIGINT");
    await waitFor(() => app.command.stderr.includes("draining"), { what: "the first signal" });
    // WHY: signals that come at nearly the same time count as one, so the second is sent again until it counts.
    const ending = await waitFor(() => {
      app.command.kill("SIGINT");
      return app.command.ending;
    }, { what: "the end", pauseMs: 300 });
    assertEquals(ending.code, 130);
    await endless.text().catch(() => {});
  });

  test("a port that is taken is named in one line", async () => {
    await using app = await start();
    const { code, stderr } = await runCommand({
      command: [
        ...runtime().program,
        "src/cli/main.ts",
        "server",
        "--port",
        String(app.port),
        "--admin-port",
        "0",
      ],
    });
    assertEquals(code, 1);
    assertEquals(
      stderr.trim(),
      `promslab: Cannot listen on "127.0.0.1:${app.port}": the port is taken by another program; --port chooses another`,
    );
  });
}
