import { assert, assertEquals } from "@std/assert";
import { engineConfig } from "../../../../src/llm/engine/engine_config.ts";
import { PROFILES } from "../../../../src/llm/engine/profiles.ts";
import { Random } from "../../../../src/llm/engine/random.ts";
import { loadFactor, stepDurationUs, type StepWork } from "../../../../src/llm/engine/step_timing.ts";

Deno.test("stepDurationUs() follows the profile, the load and the noise within its bounds", () => {
  const work = {
    running: 1,
    decodes: 1,
    prefills: 0,
    prefillStarts: false,
    prefillTokens: 0,
    prefillShareMax: 0,
    loadedTokens: 0,
  };
  const timing = {
    ...PROFILES.instant,
    interTokenLatency: 1000,
    prefillOverhead: 500,
    prefillTimePerToken: 10,
  };
  const config = engineConfig({ timing, maxNumSeqs: 11, timeFactorUnderLoad: 2 });
  const random = new Random(1);
  assertEquals(stepDurationUs(config, work, random), 1000);
  assertEquals(loadFactor(config, 6), 1.5);
  assertEquals(stepDurationUs(config, { ...work, running: 11 }, random), 2000);
  const prefill = { ...work, prefills: 1, prefillStarts: true, prefillTokens: 200 };
  assertEquals(stepDurationUs(config, prefill, random), 2500, "the longer of the two counts");
  const noisy = engineConfig({ timing: { ...timing, jitter: 0.3 } });
  const durations = Array.from({ length: 5000 }, () => stepDurationUs(noisy, work, random));
  assert(Math.min(...durations) >= 300 && Math.max(...durations) <= 1700);
  assert(new Set(durations).size > 4000);
});

const NOTHING: StepWork = {
  running: 1,
  decodes: 0,
  prefills: 0,
  prefillStarts: false,
  prefillTokens: 0,
  prefillShareMax: 0,
  loadedTokens: 0,
};

Deno.test("stepDurationUs() takes no time, and no random number, where there is nothing to do", () => {
  const config = engineConfig({ timing: PROFILES["8b-h100"] });
  const [random, untouched] = [new Random(1), new Random(1)];
  assertEquals(stepDurationUs(config, NOTHING, random), 0);
  assertEquals(random.uint32(), untouched.uint32());
});

Deno.test("stepDurationUs() spreads a fixed time to the first token over the parts of a prompt", () => {
  const config = engineConfig({
    timing: { ...PROFILES.instant, timeToFirstToken: 8000, prefillTimePerToken: 99 },
  });
  const part = (prefillShareMax: number) =>
    stepDurationUs(config, { ...NOTHING, prefills: 1, prefillTokens: 10, prefillShareMax }, new Random(1));
  assertEquals([part(0.25), part(0.75)], [2000, 6000]);
});

Deno.test("stepDurationUs() adds the loading of offloaded tokens, which load does not slow, and divides by the speed", () => {
  const timing = { ...PROFILES.instant, interTokenLatency: 1000, offloadTimePerToken: 10 };
  const config = engineConfig({ timing, maxNumSeqs: 2, timeFactorUnderLoad: 2, speedFactor: 4 });
  const work = { ...NOTHING, running: 2, decodes: 2, loadedTokens: 100 };
  assertEquals(stepDurationUs(config, work, new Random(1)), (2 * 1000 + 100 * 10) / 4);
});

Deno.test("loadFactor() is 1 where one sequence runs at most, and where none runs", () => {
  assertEquals(loadFactor(engineConfig({ maxNumSeqs: 1, timeFactorUnderLoad: 3 }), 1), 1);
  assertEquals(loadFactor(engineConfig({ maxNumSeqs: 9, timeFactorUnderLoad: 3 }), 0), 1);
});
