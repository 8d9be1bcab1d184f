/** The same pushes of prom-client's successor and ours reach the gateway as the same requests. */
import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { Agent, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { type AnyClient, CLIENTS, outcomeOf } from "../../_support/clients.ts";

interface Received {
  readonly method?: string;
  readonly url?: string;
  readonly encoding?: string;
  readonly custom?: unknown;
  readonly body: string;
}

/** Runs a test against a gateway that remembers its requests, and refuses those of the job "refused". */
async function withGateway(
  test: (url: string, received: Received[]) => Promise<unknown>,
): Promise<unknown> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Uint8Array[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const { method, url, headers } = request;
      if (url?.includes("/silent")) return;
      const bytes = Buffer.concat(chunks);
      const encoding = headers["content-encoding"];
      const body = (encoding === "gzip" ? gunzipSync(bytes) : bytes).toString();
      received.push({ method, url, encoding, custom: headers["x-custom"], body });
      response.statusCode = url?.includes("/refused") ? 400 : 202;
      response.end("answer");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await test(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, received);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** All that is done with a client's gateway, and what came of it. */
function pushes(client: AnyClient): Promise<unknown> {
  return withGateway(async (url, received) => {
    const registry = new client.Registry();
    new client.Counter({ name: "pushed_total", help: "h", registers: [registry] }).inc(3);
    const body = async (answer: Promise<AnyClient>) => (await answer).body;
    const outcomes: unknown[] = [];
    const plain = new client.Pushgateway(url, null, registry);
    outcomes.push(await body(plain.push({ jobName: "a job" })));
    outcomes.push(await body(plain.pushAdd({ jobName: "b", groupings: { "k/1": "v 1", k2: "ü" } })));
    outcomes.push(await body(plain.delete({ jobName: "b", groupings: { k: "v" } })));
    outcomes.push(await outcomeOf(() => plain.push({ jobName: "refused" })));
    const headers = { "Content-Encoding": "gzip", "X-Custom": "1" };
    const gzip = new client.Pushgateway(`${url}/base`, { headers: { ...headers } }, registry);
    outcomes.push(await body(gzip.push({ jobName: "zipped" })));
    outcomes.push(await body(gzip.delete({ jobName: "zipped" })));
    const gravel = new client.Pushgateway(`${url}/`, { requireJobName: false }, registry);
    outcomes.push(await body(gravel.pushAdd()));
    outcomes.push(await body(new client.Pushgateway(url, registry).pushAdd({ jobName: "second argument" })));
    // WHY: a new connection, because Deno does not time one that is used again, which prom-client relies on.
    const slow = new client.Pushgateway(url, { timeout: 50, agent: new Agent() }, registry);
    outcomes.push(await outcomeOf(() => slow.push({ jobName: "silent" })));
    const failing = await outcomeOf(() =>
      new client.Pushgateway("http://127.0.0.1:1", null, registry).push({ jobName: "x" })
    );
    outcomes.push(String(failing).includes("ECONNREFUSED"));
    return { outcomes, received };
  });
}

Deno.test("Pushgateway sends what prom-client sends, and says what it says", async () => {
  assertEquals(await pushes(CLIENTS.ours), await pushes(CLIENTS.successor));
});

Deno.test("Pushgateway gives up in time on a connection that is used again", async () => {
  await withGateway(async (url) => {
    const gateway = new CLIENTS.ours.Pushgateway(url, { timeout: 50 }, new CLIENTS.ours.Registry());
    await gateway.push({ jobName: "answered" });
    assertEquals(
      await outcomeOf(() => gateway.push({ jobName: "silent" })),
      "Error: Pushgateway request timed out",
    );
  });
});
