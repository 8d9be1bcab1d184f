import { assertEquals, assertRejects } from "@std/assert";
import { EngineExtension } from "../../../../src/llm/server/engine_extension.ts";
import { EXTENSION_SLOT_FIRST } from "../../../../src/server/extension.ts";
import { resolveLlmOptions } from "../../../../src/llm/server/resolve_llm_options.ts";
import { extensionServices, grownByRemovals } from "../../../_support/removal_churn.ts";

Deno.test("EngineExtension.start() makes all series at zero, and takes note of removals as workers do", async () => {
  const plan = resolveLlmOptions({});
  if (plan.kind !== "embedded") throw new Error("Cannot test engines: the plan has none");
  const { services, collector } = extensionServices();
  const extension = new EngineExtension({ ...plan, replicas: 0 });
  try {
    await extension.start(services);
    assertEquals(collector.sources.size, 1);
    assertEquals(await grownByRemovals(collector), 0);
  } finally {
    await extension.stop();
  }
});

Deno.test("EngineExtension.start() leaves no timer behind if it fails", async () => {
  const plan = resolveLlmOptions({});
  if (plan.kind !== "embedded") throw new Error("Cannot test engines: the plan has none");
  const { services } = extensionServices();
  const slabs: typeof services.slabs = {
    open: (place) => {
      if (place.slot >= EXTENSION_SLOT_FIRST) throw new Error("no memory for engines");
      return services.slabs.open(place);
    },
  };
  await assertRejects(() => new EngineExtension(plan).start({ ...services, slabs }), Error, "no memory");
});
