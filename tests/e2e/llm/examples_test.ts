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
