import { assertEquals } from "@std/assert";
import { DEFAULT_OMNI_NAMING } from "../../../../src/families/omni.ts";
import { PipelineExtension } from "../../../../src/llm/pipeline/pipeline_extension.ts";
import { extensionServices, grownByRemovals } from "../../../_support/removal_churn.ts";

Deno.test("PipelineExtension.start() takes note of removals as workers do", async () => {
  const { services, collector } = extensionServices();
  const pipeline = { model: "m", speedFactor: 1, stages: [], edges: [], routes: {} };
  const extension = new PipelineExtension({ pipeline, naming: DEFAULT_OMNI_NAMING, deprecated: false });
  try {
    await extension.start(services);
    assertEquals(collector.sources.size, 1);
    assertEquals(await grownByRemovals(collector), 0);
  } finally {
    await extension.stop();
  }
});
