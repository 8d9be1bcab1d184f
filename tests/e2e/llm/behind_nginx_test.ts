// needs: nginx, prometheus
/**
 * What a scrape of several workers gives behind a proxy that opens a connection for each request, as LiteLLM's users
 * reported it, and what it gives here. The proxy is nginx as the guide configures it.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { startCommand } from "../../_support/command.ts";
import { freePort } from "../../_support/free_port.ts";
import { LlmTestServer } from "../../_support/llm_server.ts";
import { startNginx } from "../../_support/nginx.ts";
import { startPrometheus } from "../../_support/prometheus.ts";
import { waitFor } from "../../_support/wait_for.ts";

const REQUESTS = 40;
const BODY = { prompt: "x", max_tokens: 3, ignore_eos: true };
const BEFORE = "proxy_requests_total";
const HERE = 'http_requests_total{handler="/v1/completions",method="POST",status="2xx"}';

/** The first bytes of a request, as far as its head goes. */
async function takeHead(listener: Deno.Listener): Promise<string> {
  const connection = await listener.accept();
  const buffer = new Uint8Array(4096);
  let head = "";
  while (!head.includes("\r\n\r\n")) {
    const length = await connection.read(buffer);
    if (length === null) break;
    head += new TextDecoder().decode(buffer.subarray(0, length));
  }
  await connection.write(new TextEncoder().encode("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"));
  connection.close();
  return head;
}

Deno.test("the guide's nginx asks with HTTP/1.0 and Connection: close, as the one of LiteLLM's report does", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  await using nginx = await startNginx({ 8001: port, 8000: freePort() });
  const asked = takeHead(listener);
  const response = await fetch(`${nginx.url}/before/metrics`, { signal: AbortSignal.timeout(10_000) });
  await response.text();
  const head = await asked;
  assertMatch(head, /^GET \/metrics HTTP\/1\.0\r\n/);
  assertMatch(head, /\r\nConnection: close\r\n/i);
});

Deno.test("behind nginx, workers with registries of their own contradict each other, and here all scrapes agree", async () => {
  const port = freePort();
  await using _before = await startCommand({
    command: ["deno", "run", "-A", "examples/llm/separate_registries.ts", String(port), "4"],
    ready: /workers with metrics of their own/,
  });
  await using here = await LlmTestServer.start({ workers: 4 });
  await using nginx = await startNginx({ 8001: port, 8000: Number(new URL(here.server.url).port) });
  await using prometheus = await startPrometheus(["before", "here"].map((name) => ({
    name,
    target: new URL(nginx.url).host,
    path: `/${name}/metrics`,
  })));
  const ask = async (name: string) => {
    const response = await fetch(`${nginx.url}/${name}/v1/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(BODY),
    });
    await response.text();
    return response.status;
  };
  await waitFor(async () => await ask("before") === 200, { what: "the first worker to answer" });
  for (const name of ["before", "here"]) {
    for (let i = name === "before" ? 1 : 0; i < REQUESTS; i++) assertEquals(await ask(name), 200);
  }
  const count = async (name: string, series: string) => {
    const text = await (await fetch(`${nginx.url}/${name}/metrics`)).text();
    const line = text.split("\n").find((line) => line.startsWith(`${series} `));
    return Number(line?.slice(series.length));
  };
  const seen = new Set<number>();
  await waitFor(async () => {
    seen.add(await count("before", BEFORE));
    return seen.size > 1;
  }, { what: "two scrapes that differ" });
  for (const value of seen) assert(value < REQUESTS, `no worker knows of all requests, one says ${value}`);
  for (let i = 0; i < 12; i++) assertEquals(await count("here", HERE), REQUESTS);

  // What Prometheus makes of it: falling counters are restarts to it, and it adds their whole values again.
  const value = async (expression: string) => Number((await prometheus.query(expression))[0]?.value?.[1]);
  await waitFor(async () => {
    await Promise.all([ask("before"), ask("here")]);
    return await value(`resets(${BEFORE}[1m])`) >= 2 && await value(`count_over_time(${HERE}[1m])`) >= 6;
  }, {
    what: "scrapes by Prometheus, and falling counters among those before",
    deadlineMs: 60_000,
    pauseMs: 100,
  });
  const labels = '{handler="/v1/completions"}';
  assertEquals(await value(`sum(resets(http_requests_total${labels}[1m]))`), 0);
  const total = await count("here", HERE);
  await waitFor(async () => await value(`sum(http_requests_total${labels})`) === total, {
    what: "Prometheus to have seen all requests",
    deadlineMs: 20_000,
  });
  assert(await value(`max_over_time(${BEFORE}[1m])`) < total, "no scrape before saw as many requests");
});
