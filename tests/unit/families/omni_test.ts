import { assert, assertEquals } from "@std/assert";
import {
  DEFAULT_OMNI_NAMING,
  namedOmniSpec,
  OMNI_FAMILIES,
  OMNI_PREFIXES,
  OMNI_SPECS,
} from "../../../src/families/omni.ts";

Deno.test("the families have the prefix that was chosen, and are told apart by places and edges", () => {
  const { spec } = OMNI_FAMILIES.audioContinuityOkTotal;
  const names = OMNI_PREFIXES.map((prefix) => namedOmniSpec(spec, { ...DEFAULT_OMNI_NAMING, prefix }).name);
  assertEquals(names, ["vllm:omni_audio_continuity_ok_total", "vllm_omni:audio_continuity_ok_total"]);
  assertEquals(spec.labelNames, ["model_name", "stage", "replica", "threshold_ms"]);
  const withIds: readonly string[] = namedOmniSpec(spec, { ...DEFAULT_OMNI_NAMING, ids: true }).labelNames;
  assertEquals(withIds, [
    "model_name",
    "stage_id",
    "replica_id",
    "threshold_ms",
  ]);
});

Deno.test("an earlier name in milliseconds has the bounds of its own unit", () => {
  const { spec, aliases } = OMNI_FAMILIES.transferTx;
  const earlier = namedOmniSpec(spec, DEFAULT_OMNI_NAMING, aliases[0]);
  assertEquals([earlier.name, spec.buckets[0]], ["vllm:omni_transfer_tx_time_ms", 0.001]);
  assert(earlier.type === "histogram" && earlier.buckets !== "tokens");
  assertEquals([earlier.buckets[0], earlier.buckets.length], [1, spec.buckets.length]);
});

Deno.test("no two families share a name, and all have a model and a help text", () => {
  const specs = Object.values(OMNI_SPECS);
  assertEquals(new Set(specs.map(({ name }) => name)).size, specs.length);
  for (const { name, help, labelNames } of specs) {
    assert(name.startsWith("vllm:omni_") && help.length > 10, name);
    assertEquals(labelNames[0], "model_name", name);
  }
});

Deno.test("bytes go up by powers of four, from 1 KiB to 256 MiB", () => {
  const { buckets } = OMNI_FAMILIES.transferSize.spec;
  assertEquals([buckets.length, buckets[0], buckets[9]], [10, 1024, 268_435_456]);
});
