import { assertEquals, assertThrows } from "@std/assert";
import {
  DEFAULT_ENGINE_CONFIG,
  type EngineConfig,
  engineConfig,
} from "../../../../src/llm/engine/engine_config.ts";

/** What is said of a configuration that cannot work, behind the words that are always the same. */
function refusal(options: Partial<EngineConfig>): string {
  const { message } = assertThrows(() => engineConfig(options), RangeError);
  assertEquals(message.slice(0, 29), "Cannot configure the engine: ");
  return message.slice(29);
}

Deno.test("engineConfig() completes what is given, and its defaults can work", () => {
  assertEquals(engineConfig(), DEFAULT_ENGINE_CONFIG);
  assertEquals(engineConfig({ maxNumSeqs: 3 }), { ...DEFAULT_ENGINE_CONFIG, maxNumSeqs: 3 });
});

Deno.test("engineConfig() wants whole numbers where it counts", () => {
  const least: Partial<Record<keyof EngineConfig, number>> = {
    maxNumSeqs: 1,
    maxNumBatchedTokens: 1,
    maxModelLen: 1,
    blockSize: 1,
    numGpuBlocks: 1,
    maxLoras: 0,
    numSpeculativeTokens: 0,
    offloadBlocks: 0,
    offloadReuseThreshold: 0,
  };
  for (const [name, min] of Object.entries(least)) {
    for (const value of [min - 1, min + 0.5, NaN, Infinity]) {
      assertEquals(
        refusal({ [name]: value }),
        `${name} must be an integer of at least ${min}, got ${value}`,
      );
    }
  }
  const small = { maxNumSeqs: 1, maxNumBatchedTokens: 1, maxModelLen: 1, blockSize: 1, numGpuBlocks: 1 };
  assertEquals(engineConfig(small).numGpuBlocks, 1);
});

Deno.test("engineConfig() wants chances and shares from 0 to 1", () => {
  for (const name of ["speculativeAcceptanceRate", "kvMetricsSample", "errorRate", "corruptionRate"]) {
    for (const value of [0, 1]) engineConfig({ [name]: value });
    for (const value of [-0.1, 1.1, NaN]) {
      assertEquals(refusal({ [name]: value }), `${name} must be from 0 to 1, got ${value}`);
    }
  }
});

Deno.test("engineConfig() wants time to run, and load to slow nothing below its own speed", () => {
  for (const speedFactor of [0, -1, NaN]) {
    assertEquals(refusal({ speedFactor }), `speedFactor must be above 0, got ${speedFactor}`);
  }
  engineConfig({ timeFactorUnderLoad: 1 });
  assertEquals(refusal({ timeFactorUnderLoad: 0.99 }), "timeFactorUnderLoad must be at least 1, got 0.99");
});

Deno.test("engineConfig() wants room for one full sequence", () => {
  engineConfig({ maxModelLen: 64, blockSize: 16, numGpuBlocks: 4 });
  assertEquals(
    refusal({ maxModelLen: 65, blockSize: 16, numGpuBlocks: 4 }),
    "4 KV blocks of 16 tokens hold 64 tokens, fewer than maxModelLen 65",
  );
});

Deno.test("engineConfig() wants steps that can compute a whole prompt where it is not computed in parts", () => {
  const options = { enableChunkedPrefill: false, maxModelLen: 100 };
  engineConfig({ ...options, maxNumBatchedTokens: 100 });
  assertEquals(
    refusal({ ...options, maxNumBatchedTokens: 99 }),
    "without chunked prefill maxNumBatchedTokens (99) must be at least maxModelLen (100)",
  );
  engineConfig({ ...options, enableChunkedPrefill: true, maxNumBatchedTokens: 99 });
});

Deno.test("engineConfig() wants steps that can compute a token and the drafts after it", () => {
  engineConfig({ maxNumBatchedTokens: 3, numSpeculativeTokens: 2 });
  assertEquals(
    refusal({ maxNumBatchedTokens: 2, numSpeculativeTokens: 2 }),
    "maxNumBatchedTokens (2) must exceed numSpeculativeTokens (2)",
  );
});
