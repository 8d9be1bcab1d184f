/**
 * Large payloads go from stage to stage through a ring, not by message. How fast, the bench says; here it must be right.
 */
import { assertEquals } from "@std/assert";
import { measureRing } from "../../bench/llm/stage_ring.ts";

Deno.test("a ring and postMessage hand over the same bytes, every message once", async () => {
  // It throws if a receiver added up other words than were sent.
  const rates = await measureRing({ rounds: 2, messages: 600 });
  assertEquals(rates.length, 2);
});
