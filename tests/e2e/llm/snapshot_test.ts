import { assert, assertEquals } from "@std/assert";
import { LlmTestServer } from "../../_support/llm_server.ts";

Deno.test("a server tells its values in the process, with the same numbers as a scrape", async () => {
  await using server = await LlmTestServer.start({ workers: 3, replicas: 2 });
  const body = { prompt: "Hello", max_tokens: 4, ignore_eos: true };
  for (let i = 0; i < 12; i++) await (await server.post("/v1/completions", body)).text();
  const labels = { model_name: server.model };
  const told = await server.server.snapshot({ prefix: "vllm:", labels });
  assert(told.every(({ name }) => name.startsWith("vllm:")));
  const sum = (name: string) =>
    told.reduce((sum, one) => one.name !== name ? sum : sum + (one.kind === "counter" ? one.value : 0), 0);
  assertEquals([sum("vllm:generation_tokens"), sum("vllm:request_success")], [48, 12]);
  const steps = told.filter(({ name }) => name === "vllm:iteration_tokens_total");
  assertEquals(steps.map((one) => one.kind), ["histogram", "histogram"], "one for each engine");
  const counts = steps.reduce((sum, one) => sum + (one.kind === "histogram" ? one.count : 0), 0);
  assertEquals(counts, (await server.scrape()).value("vllm:iteration_tokens_total_count", labels));
});
