/**
 * The examples about servers with several workers do what the guide says of them.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { startCommand } from "../../_support/command.ts";
import { freePort } from "../../_support/free_port.ts";
import { waitFor } from "../../_support/wait_for.ts";

Deno.test("separate_registries.ts gives scrapes that contradict each other", async () => {
  const port = freePort();
  await using _server = await startCommand({
    command: ["deno", "run", "-A", "examples/llm/separate_registries.ts", String(port), "3"],
    ready: /workers with metrics of their own/,
  });
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: "close" } });
    return await response.text();
  };
  await waitFor(() => get("/v1/completions"), { what: "a worker to answer" });
  for (let i = 0; i < 60; i++) await get("/v1/completions");
  const seen = new Set<number>();
  await waitFor(async () => {
    seen.add(Number(/^proxy_requests_total (\d+)$/m.exec(await get("/metrics"))![1]));
    return seen.size > 1;
  }, { what: "two scrapes that differ" });
  for (const count of seen) assert(count < 61, `no worker knows of all requests, one says ${count}`);
});

Deno.test("step_slices.ts shows how many times a step is counted", async () => {
  const command = new Deno.Command("deno", { args: ["run", "examples/llm/step_slices.ts"], stdout: "piped" });
  const { code, stdout } = await command.output();
  assertEquals(code, 0);
  const [engine, frontEnds] = new TextDecoder().decode(stdout).trim().split("\n");
  assertMatch(engine, /^counted by the engine: +_count 49, _sum 2604$/);
  assertMatch(frontEnds, /^counted by 4 front ends: +_count 194, _sum 2604$/);
});

Deno.test("external_engine counts every step of an engine once, though front ends see slices, and one is killed", async () => {
  const args = ["run", "-A", "examples/llm/external_engine/main.ts"];
  const { code, stdout } = await new Deno.Command("deno", { args, stdout: "piped" }).output();
  const text = new TextDecoder().decode(stdout);
  assertEquals(code, 0, text);
  const counts = [...text.matchAll(/the engine made (\d+) steps, the histogram counts (\d+)$/gm)];
  assertEquals(counts.length, 2, text);
  for (const [, made, counted] of counts) assertEquals(counted, made);
  const sums = [...text.matchAll(/of (\d+) tokens it has (\d+)/g)].map(([, ...sums]) => sums.map(Number));
  assertEquals(sums[0][1], sums[0][0], "all well");
  assert(sums[1][1] <= sums[1][0] && sums[1][1] > 0.9 * sums[1][0], text);
});

Deno.test("graph.ts draws what a Prometheus says of both servers", async () => {
  const asked: string[] = [];
  await using prometheus = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { pathname, searchParams } = new URL(request.url);
    assertEquals(pathname, "/api/v1/query_range");
    asked.push(searchParams.get("query")!);
    const start = Number(searchParams.get("start"));
    const values = [[start, "0"], [start + 30, "50"], [start + 60, "100"]];
    return Response.json({ status: "success", data: { result: [{ metric: {}, values }] } });
  });
  const args = ["run", "-A", "examples/llm/graph.ts", "60", `http://127.0.0.1:${prometheus.addr.port}`];
  const { code, stdout } = await new Deno.Command("deno", { args, stdout: "piped" }).output();
  const picture = new TextDecoder().decode(stdout);
  assertEquals(code, 0);
  assertEquals(asked.filter((query) => query.includes("proxy_requests_total")).length, 2);
  assertEquals(asked.filter((query) => query.includes("http_requests_total")).length, 2);
  assertMatch(picture, /^<svg [^>]*>\n<title>/);
  // Both plots of a row have one scale, from their lower left corner to their upper right one.
  const lines = [...picture.matchAll(/<polyline points="([^"]+)"/g)].map(([, points]) => points);
  assertEquals(lines, [
    "62.0,212.0 262.0,137.0 462.0,62.0",
    "540.0,212.0 740.0,137.0 940.0,62.0",
    "62.0,424.0 262.0,349.0 462.0,274.0",
    "540.0,424.0 740.0,349.0 940.0,274.0",
  ]);
});
