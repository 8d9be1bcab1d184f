import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  engineRows,
  enginesOf,
  finishRows,
  kvUsageByEngine,
} from "../../../../src/dashboard/model/engine_rows.ts";
import { counter, gauge, histogram, table } from "./_tables.ts";

/** An engine of a pipeline, and what it has done. */
function stage(where: { stage: string; replica: string }, tokens: number, fast: number) {
  const labels = { model_name: "m", ...where };
  return [
    gauge("vllm:num_requests_running", 1 + Number(where.replica), labels),
    gauge("vllm:num_requests_waiting", 3, labels),
    gauge("vllm:kv_cache_usage_perc", Number(where.stage) / 4, labels),
    counter("vllm:generation_tokens", tokens, labels),
    counter("vllm:prompt_tokens", 7, labels),
    counter("vllm:num_preemptions", 2, labels),
    counter("vllm:request_success", 5, { ...labels, finished_reason: "stop" }),
    counter("vllm:request_success", 1, { ...labels, finished_reason: "length" }),
    counter("vllm:request_success", 0, { ...labels, finished_reason: "abort" }),
    histogram("vllm:time_to_first_token_seconds", { "0.1": fast, "1": 0, "+Inf": 0 }, labels),
    histogram("vllm:inter_token_latency_seconds", { "0.01": 0, "0.1": fast, "+Inf": 0 }, labels),
  ];
}

function pipeline(tokens: number, fast: number) {
  return table(
    ...stage({ stage: "1", replica: "0" }, 10 * tokens, 0),
    ...stage({ stage: "0", replica: "1" }, 2 * tokens, fast),
    ...stage({ stage: "0", replica: "0" }, tokens, fast),
  );
}

Deno.test("enginesOf() sorts vLLM's engines by number and tells the model only where there are several", () => {
  const running = (engine: string, model_name = "m") =>
    gauge("vllm:num_requests_running", 0, { engine, model_name });
  const names = (...series: ReturnType<typeof running>[]) =>
    enginesOf(table(...series)).map(({ name }) => name);
  assertEquals(names(running("10"), running("9")), ["engine 9", "engine 10"]);
  assertEquals(names(running("0", "n"), running("0")), ["model m, engine 0", "model n, engine 0"]);
  assertEquals(enginesOf(table(gauge("vllm:num_requests_running", 0))).map(({ name }) => name), ["all"]);
  assertEquals(enginesOf(table()), []);
});

Deno.test("engineRows() keeps stages and replicas apart", () => {
  const rows = engineRows({ before: pipeline(100, 0), after: pipeline(300, 10), seconds: 4 });
  assertEquals(rows.map(({ name }) => name), [
    "stage 0, replica 0",
    "stage 0, replica 1",
    "stage 1, replica 0",
  ]);
  assertEquals(rows.map(({ generationTokens }) => generationTokens), [300, 600, 3000]);
  assertEquals(rows.map(({ generationRate }) => generationRate), [50, 100, 500]);
  assertEquals(rows.map(({ running }) => running), [1, 2, 1]);
  assertEquals(rows.map(({ kvUsage }) => kvUsage), [0, 0, 0.25]);
  assertAlmostEquals(rows[0].firstToken, 0.05);
  assertAlmostEquals(rows[1].interToken, 0.055);
  assertEquals(rows[2].firstToken, NaN);
  const { waiting, promptTokens, finished, preemptions } = rows[2];
  assertEquals([waiting, promptTokens, finished, preemptions], [3, 7, 6, 2]);
});

Deno.test("engineRows() has totals, and no rates, at the first look", () => {
  const [row] = engineRows({ before: undefined, after: pipeline(300, 10), seconds: NaN });
  assertEquals([row.generationTokens, row.generationRate, row.firstToken], [300, NaN, NaN]);
});

Deno.test("engineRows() knows the other names of a pipeline's labels", () => {
  const look = table(gauge("vllm:num_requests_running", 4, { stage_id: "2", replica_id: "1" }));
  const [row] = engineRows({ before: undefined, after: look, seconds: NaN });
  assertEquals([row.name, row.running], ["stage 2, replica 1", 4]);
});

Deno.test("kvUsageByEngine() has the keys of enginesOf()", () => {
  const look = pipeline(1, 0);
  const usage = kvUsageByEngine(look);
  assertEquals(enginesOf(look).map(({ key }) => usage.get(key)), [0, 0, 0.25]);
});

Deno.test("finishRows() adds up engines and replicas, but not the stages that a request passes", () => {
  const look = table(
    counter("vllm:request_success", 30, { engine: "0", finished_reason: "stop" }),
    counter("vllm:request_success", 10, { engine: "1", finished_reason: "stop" }),
    counter("vllm:request_success", 10, { engine: "1", finished_reason: "length" }),
  );
  assertEquals(finishRows(look), [
    { name: "stop", value: 40, share: 1 },
    { name: "length", value: 10, share: 0.25 },
  ]);
  assertEquals(finishRows(pipeline(1, 0)).map(({ name, value }) => [name, value]), [
    ["stage 0: length", 2],
    ["stage 0: stop", 10],
    ["stage 1: length", 1],
    ["stage 1: stop", 5],
  ]);
});
