/**
 * Large payloads go from stage to stage through a ring, not by message: what that gains with the threads in use.
 */
import { assertGreaterOrEqual } from "@std/assert";
import { measureRing, medianRatio } from "../../bench/llm/stage_ring.ts";

Deno.test("a ring carries at least five times as many 64 KiB messages a second as postMessage to a stage's thread", async () => {
  const rates = await measureRing({ rounds: 3, messages: 60 });
  assertGreaterOrEqual(medianRatio(rates, "thread"), 5);
});
