/**
 * What an operator closes: TLS, the token of the metrics, limits, permissions. And what no response tells.
 */
import { assert, assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { type AppServer, scrape, startApp } from "../_support/app_server.ts";
import { ROOT, startCommand } from "../_support/command.ts";
import { freePort } from "../_support/free_port.ts";
import { blocksOf, valueOf } from "../_support/guide_page.ts";
import { connectRaw } from "../_support/raw_client.ts";
import { waitFor } from "../_support/wait_for.ts";

const MODULE = "tests/testdata/apps/faulty_app.ts";
const TLS = new URL("tests/testdata/tls/", ROOT).pathname;
const TOKEN = "correct-horse-battery";

Deno.test("both ports serve HTTPS, and the metrics want the token on both", async () => {
  const caCerts = [await Deno.readTextFile(`${TLS}ca.pem`)];
  using client = Deno.createHttpClient({ caCerts });
  await using app = await startApp({
    module: MODULE,
    flags: [
      ...["--tls-cert", `${TLS}cert.pem`, "--tls-key", `${TLS}key.pem`],
      ...["--admin-tls-cert", `${TLS}cert.pem`, "--admin-tls-key", `${TLS}key.pem`],
    ],
    env: { PROMSLAB_ADMIN_TOKEN: TOKEN },
  });
  assertMatch(app.url, /^https:/);
  assertMatch(app.adminUrl, /^https:/);
  const ask = async (url: string, headers?: HeadersInit) => {
    const response = await fetch(url, { client, headers });
    return { status: response.status, text: await response.text() };
  };
  assertMatch((await ask(`${app.url}/ok`)).text, /^worker \d\n$/);
  for (const base of [app.url, app.adminUrl]) {
    assertEquals((await ask(`${base}/metrics`)).status, 401);
    assertEquals((await ask(`${base}/metrics`, { authorization: "Bearer wrong-token" })).status, 401);
    const scrape = await ask(`${base}/metrics`, { authorization: `Bearer ${TOKEN}` });
    assertEquals(scrape.status, 200);
    assertStringIncludes(scrape.text, 'http_requests_total{method="GET",route="/ok",status="200"} 1\n');
    assertStringIncludes(scrape.text, 'tls="true"');
    assertEquals(scrape.text.includes(TOKEN), false);
  }
  assertEquals((await ask(`${app.adminUrl}/-/healthy`)).status, 200);
});

Deno.test("errors tell clients neither stacks nor paths nor variables", async () => {
  await using app = await startApp({ module: MODULE, env: { SECRET_VARIABLE: "hidden-value" } });
  const requests = ["/throw", "/nothing", "/signal%00", "/../../etc/passwd", "/metrics/x"];
  for (const base of [app.url, app.adminUrl]) {
    for (const path of requests) {
      const response = await fetch(`${base}${path}`, { signal: AbortSignal.timeout(5_000) });
      const all = `${await response.text()} ${JSON.stringify([...response.headers])}`;
      assertEquals(/secret detail|hidden-value|\.ts|file:|\/work|node_modules| at /.test(all), false, all);
    }
  }
});

/** How a client fares that keeps its connection without sending a whole head. */
async function closedAfter(app: AppServer, start: string, deadlineMs: number): Promise<number> {
  using client = await connectRaw(app.port);
  const startMs = performance.now();
  await client.send(start);
  const { closed } = await client.read(/never comes/, deadlineMs);
  assert(closed, "the server closes the connection");
  return performance.now() - startMs;
}

Deno.test("limits of heads, connections, bodies and answers hold", async () => {
  await using app = await startApp({
    module: MODULE,
    workers: 1,
    flags: [
      ...["--max-head-bytes", "4096", "--head-seconds", "0.5", "--max-connections", "20"],
      ...["--max-body-bytes", "1000", "--response-seconds", "0.5"],
    ],
  });
  const post = (size: number) => fetch(`${app.url}/body`, { method: "POST", body: new Uint8Array(size) });
  assertEquals(await (await post(1000)).text(), "1000");
  assertEquals(await post(1001).then((r) => r.text().then(() => r.status)), 413);
  assertEquals(await fetch(`${app.url}/slow?ms=5000`).then((r) => r.text().then(() => r.status)), 503);

  assertLess(await closedAfter(app, "GET / HTTP/1.1\r\nHost: x\r\n", 10_000), 9_000);
  assertLess(await closedAfter(app, "", 10_000), 9_000);
  {
    using client = await connectRaw(app.port);
    await client.send(`GET /ok HTTP/1.1\r\nHost: x\r\nx-long: ${"f".repeat(5000)}\r\n\r\n`);
    assertMatch((await client.read(/\r\n\r\n/)).text, /^HTTP\/1\.1 431 /);
  }
  const clients = await Promise.all(Array.from({ length: 40 }, () => connectRaw(app.port)));
  try {
    let refused = 0;
    await Promise.all(clients.map(async (client) => {
      await client.send("GET /slow?ms=300 HTTP/1.1\r\nHost: x\r\n\r\n");
      const { text } = await client.read(/slow\n/, 60_000);
      if (text === "") refused++;
    }));
    assert(refused >= 20 && refused < 40, `${refused} of 40 were refused`);
  } finally {
    for (const client of clients) client.close();
  }
  await waitFor(() => fetch(`${app.url}/ok`).then((response) => response.text()), { what: "an answer" });
});

Deno.test("requests beyond the most in flight are answered with 503", async () => {
  await using app = await startApp({ module: MODULE, workers: 1, flags: ["--max-in-flight", "5"] });
  const statuses = await Promise.all(
    Array.from(
      { length: 12 },
      () => fetch(`${app.url}/slow?ms=500`).then((r) => r.text().then(() => r.status)),
    ),
  );
  assertEquals(statuses.toSorted(), [...Array(5).fill(200), ...Array(7).fill(503)]);
  assertEquals((await app.scrape()).sum("http_requests_total", 'status="503"'), 7);
});

Deno.test("the documented permissions are enough, and each of them is needed", async () => {
  const [port, adminPort] = [freePort(), freePort()];
  const guide = blocksOf(await Deno.readTextFile(new URL("docs/guide/operating.md", ROOT)));
  const [{ text: line }] = guide.filter(({ words }) =>
    valueOf(words, "tested") === "tests/e2e/security_test.ts"
  );
  // The page's command as it stands, but for the ports and the application, which are the test's own.
  const words = line.trim().replaceAll("8000", String(port)).replaceAll("9464", String(adminPort))
    .replace("./app.ts", `./${MODULE}`).split(" ");
  const start = (words: readonly string[]) =>
    startCommand({
      command: [...words, "--workers", "2", "--port", String(port), "--admin-port", String(adminPort)],
      ready: /^promslab ready: /m,
    });
  await using command = await start(words);
  const url = `http://127.0.0.1:${port}`;
  const adminUrl = `http://127.0.0.1:${adminPort}`;
  assertMatch(await (await fetch(`${url}/ok`)).text(), /^worker/);
  for (const base of [url, adminUrl]) {
    assertEquals(
      (await scrape(`${base}/metrics`)).sum("http_requests_total", 'route="/ok"', 'status="200"'),
      1,
    );
  }
  // A worker that dies, all of them replaced, and a drain with an open stream that is scraped.
  await (await fetch(`${url}/throw-later`)).text();
  const restarts = async (reason: string) =>
    (await scrape(`${adminUrl}/metrics`)).sum("promslab_worker_restarts_total", `reason="${reason}"`);
  await waitFor(async () => await restarts("crash") === 1 && /ready again/.test(command.stderr), {
    what: "the crashed worker's successor",
  });
  command.kill("SIGHUP");
  await waitFor(() => command.stderr.includes("all workers are replaced"), { what: "the rolling restart" });
  assertEquals(await restarts("rolling"), 2);
  const stream = await fetch(`${url}/stream?count=20&ms=50`);
  command.kill("SIGTERM");
  await waitFor(() => command.stderr.includes("draining"), { what: "the drain" });
  assertEquals((await scrape(`${adminUrl}/metrics`)).sum("http_requests_in_flight"), 1);
  assertMatch(await stream.text(), /chunk 20\n$/);
  assertEquals((await command.ended).code, 0);
  assertEquals(/NotCapable|Requires \w+ access|prompt/.test(command.stderr), false, command.stderr);
  for (const missing of ["read", "net"]) {
    const permitted = words.filter((word) => !word.startsWith(`--allow-${missing}=`));
    assertEquals(permitted.length, words.length - 1);
    const refusal = await start(permitted).then(() => "started", (error) => String(error));
    assertMatch(refusal, new RegExp(`promslab: Requires ${missing} access to`));
  }
});

Deno.test("requests are logged as JSON when told so", async () => {
  await using app = await startApp({ module: MODULE, workers: 1, flags: ["--access-log"] });
  await (await fetch(`${app.url}/ok?password=1234`, { headers: { "x-request-id": "req-1" } })).text();
  const line = await waitFor(() => app.command.stderr.split("\n").find((one) => one.startsWith("{")), {
    what: "a line of JSON",
  });
  const { time, seconds, ...rest } = JSON.parse(line);
  assertEquals(rest, {
    worker: 0,
    requestId: "req-1",
    remoteAddress: "127.0.0.1",
    method: "GET",
    path: "/ok",
    route: "/ok",
    status: 200,
  });
  assert(seconds >= 0 && time.endsWith("Z"));
});
