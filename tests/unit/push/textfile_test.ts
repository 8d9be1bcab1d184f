import { assertEquals, assertRejects } from "@std/assert";
import { Collector } from "../../../src/collect/collector.ts";
import { Counter } from "../../../src/metric/counter.ts";
import { writeTextfile } from "../../../src/push/textfile.ts";
import { Registry } from "../../../src/registry/registry.ts";

Deno.test("writeTextfile() writes the text format, again and again", async () => {
  const folder = await Deno.makeTempDir();
  const registry = new Registry({ slabBytes: 1 << 20 });
  const jobs = new Counter({ name: "jobs_total", help: "Jobs.", registry });
  const options = { path: `${folder}/jobs.prom`, source: new Collector(registry) };
  for (const value of [1, 2]) {
    jobs.inc();
    await writeTextfile(options);
    assertEquals(
      await Deno.readTextFile(options.path),
      `# HELP jobs_total Jobs.\n# TYPE jobs_total counter\njobs_total ${value}\n`,
    );
  }
  await assertRejects(() => writeTextfile({ ...options, path: `${folder}/jobs.txt` }), RangeError, ".prom");
  await Deno.remove(folder, { recursive: true });
});
