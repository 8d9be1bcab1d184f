import { assertEquals, assertThrows } from "@std/assert";
import type { LlmOptions } from "../../../../src/llm/server/llm_options.ts";
import {
  type EmbeddedPlan,
  type GatewayPlan,
  resolveLlmOptions,
} from "../../../../src/llm/server/resolve_llm_options.ts";
import { StartError } from "../../../../src/server/start_error.ts";

Deno.test("resolveLlmOptions() has a default for everything", () => {
  const plan = resolveLlmOptions({}) as EmbeddedPlan;
  assertEquals([plan.kind, plan.replicas, plan.routing, plan.mode], [
    "embedded",
    1,
    "least-loaded",
    "random",
  ]);
  assertEquals([plan.api.models, plan.api.maxModelLen], [["promslab-sim"], 8192]);
  assertEquals(Object.values(plan.features).filter((on) => on), []);
});

Deno.test("resolveLlmOptions() reads names, lists, times and percents", () => {
  const plan = resolveLlmOptions({
    model: "a",
    servedModelNames: "b, c",
    loraModules: "x,y",
    interTokenLatencyMs: 2.5,
    profile: "instant",
    failureInjectionRate: 10,
    failureTypes: "rate_limit, server_error",
    apiKeys: "k1,k2",
    kvCacheMetrics: true,
    deprecatedMetrics: true,
    replicas: 3,
  }) as EmbeddedPlan;
  assertEquals(plan.api.models, ["b", "c"]);
  assertEquals([plan.api.adapters, plan.engine.maxLoras], [["x", "y"], 1]);
  assertEquals([plan.engine.timing.interTokenLatency, plan.engine.timing.prefillOverhead], [2500, 0]);
  assertEquals([plan.api.failureRate, plan.api.failureTypes], [0.1, ["rate_limit", "server_error"]]);
  assertEquals([plan.api.apiKeys, plan.engine.kvMetricsSample], [["k1", "k2"], 0.01]);
  assertEquals([plan.features.lora, plan.features.kvCacheMetrics, plan.features.deprecated], [
    true,
    true,
    true,
  ]);
});

Deno.test("resolveLlmOptions() makes a gateway of upstreams", () => {
  const { kind, gateway } = resolveLlmOptions({
    upstreams: "http://a:1/, https://b/v1",
    upstreamTimeoutSeconds: 2,
    inputCostPerMillion: 3,
  }) as GatewayPlan;
  assertEquals(kind, "gateway");
  assertEquals(gateway.upstreams.map(({ url }) => url), ["http://a:1", "https://b/v1"]);
  assertEquals([gateway.firstByteMs, gateway.idleMs, gateway.inputCostPerToken], [2000, 2000, 3e-6]);
});

Deno.test("resolveLlmOptions() names the option that is wrong, and what is wanted", () => {
  const cases: [LlmOptions, string][] = [
    [{ replicas: 0 }, 'Cannot use replicas "0": wanted a whole number from 1 to 64'],
    [{ profile: "9b" }, 'Cannot use profile "9b": wanted one of instant, 1b-h100, 8b-h100, 70b-tp8-h100'],
    [{ routing: "random" }, "wanted one of least-loaded, sticky"],
    [{ jitter: 0.4 }, "wanted a number from 0 to 0.3"],
    [{ failureInjectionRate: 101 }, "wanted a number from 0 to 100"],
    [{ failureTypes: "rain" }, 'failureTypes "rain"'],
    [{ upstreams: "somewhere" }, "wanted an absolute URL"],
    [{ upstreams: " , " }, "wanted at least one URL"],
    [{ maxModelLen: 1e7 }, "wanted a whole number from 2 to"],
    [{ numGpuBlocks: 10 }, "fewer than maxModelLen"],
    [{ maxNumSeqs: 0 }, "maxNumSeqs must be an integer of at least 1"],
    [{ speedFactor: NaN }, "wanted a number from 0.001"],
  ];
  for (const [options, message] of cases) {
    const error = assertThrows(() => resolveLlmOptions(options), StartError, message);
    assertEquals(error.code, "BAD_OPTION");
  }
});

Deno.test("resolveLlmOptions() refuses a pipeline beside upstreams", () => {
  assertThrows(
    () => resolveLlmOptions({ upstreams: "http://127.0.0.1:1", pipeline: "{}" }),
    StartError,
    'Cannot use pipeline "beside upstreams": wanted one of the two',
  );
});
