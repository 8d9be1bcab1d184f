// needs: node_exporter
/**
 * Debian's node_exporter serves the files that we write.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { writeTextfile } from "../../src/push/textfile.ts";
import { everyFeature } from "../_support/every_feature.ts";
import { startReceiver } from "../_support/start_receiver.ts";
import { TestFamily } from "../_support/sample_blocks.ts";

Deno.test("node_exporter serves every feature that is written, and the latest values", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/jobs.prom`;
    const features = { path, source: { blocks: () => everyFeature(1_700_000_000) } };
    await writeTextfile(features);
    const flags = ["--collector.disable-defaults", "--collector.textfile"];
    await using exporter = await startReceiver("node_exporter", [
      ...flags,
      `--collector.textfile.directory=${folder}`,
    ]);
    const text = await exporter.metrics();
    assertStringIncludes(text, "node_textfile_scrape_error 0\n");
    assertStringIncludes(text, 'latency_seconds_bucket{le="2.5"} 4\n');
    assertStringIncludes(text, 'items_total{kind="ü 🦕",zone="a"} 0.30000000000000004\n');
    assertStringIncludes(text, 'temperature_celsius{sensor="outside"} -Inf\n');
    const family = new TestFamily({ name: "runs", help: "H.", type: "gauge" });
    for (let run = 1; run <= 3; run++) {
      await writeTextfile({ path, source: { blocks: () => [family.samples([run])] } });
      const found = (await exporter.metrics()).match(/^(?:runs|node_textfile_scrape_error) .*$/gm);
      assertEquals(found, ["node_textfile_scrape_error 0", `runs ${run}`]);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
