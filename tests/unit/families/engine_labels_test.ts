import { assertEquals, assertThrows } from "@std/assert";
import { PLAIN_ENGINE_LABELS, StageLabels, withEngineLabels } from "../../../src/families/engine_labels.ts";
import { defineCounter } from "../../../src/families/define_family.ts";
import { VLLM_FAMILIES } from "../../../src/families/vllm.ts";
import { Registry } from "../../../src/registry/registry.ts";

Deno.test("StageLabels numbers replicas flat: all of a stage before the next stage", () => {
  const labels = new StageLabels([2, 1, 2]);
  const values = [0, 1, 2, 3, 4].map((engine) => labels.valuesOf(engine).join("."));
  assertEquals(values, ["0.0", "0.1", "1.0", "2.0", "2.1"]);
  assertEquals(labels.names, ["stage", "replica"]);
  assertEquals(new StageLabels([1], { ids: true }).names, ["stage_id", "replica_id"]);
});

Deno.test("StageLabels fails at once for an engine that it does not know", () => {
  const labels = new StageLabels([1]);
  assertThrows(() => labels.valuesOf(1), RangeError, 'Cannot label engine "1"');
  assertThrows(() => labels.remove(7), RangeError);
  assertThrows(() => labels.add({ stage: 0, replica: 0 }), RangeError, "there is one of this number");
});

Deno.test("StageLabels takes and loses replicas while engines run, and uses no number twice", () => {
  const labels = new StageLabels([1, 1]);
  const added = labels.add({ stage: 0, replica: 1 });
  assertEquals([added, ...labels.valuesOf(added)], [2, "0", "1"]);
  labels.remove(added);
  assertThrows(() => labels.valuesOf(added), RangeError);
  assertEquals(labels.engineAt({ stage: 0, replica: 1 }), undefined);
  assertEquals(labels.add({ stage: 0, replica: 1 }), 3);
});

Deno.test("withEngineLabels() puts the places where a definition says engine", () => {
  const names = ["model_name", "engine", "reason"];
  assertEquals(withEngineLabels(names), names);
  assertEquals(withEngineLabels(names, PLAIN_ENGINE_LABELS), names);
  const placed = ["model_name", "stage", "replica", "reason"];
  assertEquals(withEngineLabels(names, new StageLabels()), placed);
});

Deno.test("one table of families serves both labellings", () => {
  const spec = VLLM_FAMILIES.requestSuccessTotal;
  const plain = defineCounter(spec, { registry: new Registry() });
  const staged = defineCounter(spec, { registry: new Registry(), engineLabels: new StageLabels() });
  assertEquals(plain.descriptor.labelNames, ["model_name", "engine", "finished_reason"]);
  assertEquals(staged.descriptor.labelNames, ["model_name", "stage", "replica", "finished_reason"]);
});
