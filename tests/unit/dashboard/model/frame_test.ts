import { assertEquals } from "@std/assert";
import { boundsOf, statusClass, takeFrame } from "../../../../src/dashboard/model/frame.ts";
import { counter, gauge, histogram, table } from "./_tables.ts";

function look(requests: number, tokens: number, fast: number) {
  const labels = { method: "GET", route: "/" };
  return table(
    counter("http_requests", requests, { ...labels, status: "200" }),
    counter("http_requests", requests / 2, { ...labels, status: "404" }),
    counter("http_requests", 1, { ...labels, status: "weird" }),
    gauge("http_requests_in_flight", 3),
    counter("process_cpu_seconds", requests / 8),
    gauge("process_resident_memory_bytes", 1e6),
    counter("vllm:generation_tokens", tokens, { engine: "0" }),
    counter("vllm:generation_tokens", tokens, { engine: "1" }),
    gauge("vllm:kv_cache_usage_perc", 0.25, { stage: "0", replica: "0" }),
    gauge("vllm:kv_cache_usage_perc", 0.75, { stage: "0", replica: "1" }),
    histogram("vllm:time_to_first_token_seconds", { "0.1": fast, "+Inf": 1 }),
  );
}

Deno.test("takeFrame() makes rates by the second, and takes gauges as they are", () => {
  const frame = takeFrame({ before: look(100, 0, 0), after: look(120, 50, 4), seconds: 2 }, 1000);
  assertEquals([frame.atSeconds, frame.seconds], [1000, 2]);
  assertEquals(frame.requests, 15);
  assertEquals(frame.byStatus, { "2xx": 10, "3xx": 0, "4xx": 5, "5xx": 0 });
  assertEquals([frame.inFlight, frame.cpuCores, frame.memoryBytes], [3, 1.25, 1e6]);
  assertEquals([frame.generationTokens, frame.promptTokens], [50, NaN], "what is not told is not 0");
  assertEquals([...frame.kvUsage.values()], [0.25, 0.75], "one for each replica");
  assertEquals(frame.buckets.firstToken, [4, 0]);
  assertEquals(frame.buckets.interToken, []);
});

Deno.test("takeFrame() knows no rate at the first look", () => {
  const frame = takeFrame({ before: undefined, after: look(100, 10, 1), seconds: NaN }, 1000);
  assertEquals([frame.requests, frame.generationTokens, frame.byStatus["2xx"]], [NaN, NaN, NaN]);
  assertEquals([frame.inFlight, frame.buckets.firstToken], [3, []]);
});

Deno.test("boundsOf() has the bounds of the histograms that are there", () => {
  assertEquals(boundsOf(look(1, 1, 1)), {
    request: [],
    firstToken: [0.1, Infinity],
    interToken: [],
    lag: [],
  });
});

Deno.test("statusClass() takes codes and what stands for a class, and nothing else", () => {
  assertEquals(["200", "2xx", "503", "100", "weird", ""].map(statusClass), [
    "2xx",
    "2xx",
    "5xx",
    undefined,
    undefined,
    undefined,
  ]);
});
