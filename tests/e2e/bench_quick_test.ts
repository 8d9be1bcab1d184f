/**
 * The benches work: a quick run of all of them, so that they never rot.
 */
import { assert, assertEquals } from "@std/assert";
import { parseResult, type Result } from "../../bench/runner/result.ts";
import { SUITES } from "../../bench/suites.ts";
import { ROOT } from "../../tools/_run.ts";

/** What each suite must have measured of promslab in Deno. */
const WORKS: Readonly<Record<string, readonly string[]>> = {
  micro: ["counter_bound_64", "counter_object_64", "histogram_bound_64"],
  render: ["counter_changed", "histogram_changed"],
  merge: ["counter", "histogram"],
  trouble: ["healthy", "busy", "restarted", "dead", "hung"],
  server: ["closed", "open"],
  overhead: ["requests"],
  llm: ["streams", "record_token", "server", "scrapes"],
  scaling: ["requests", "increments"],
  memory: ["counter_series", "garbage_counter_bound", "scrape_garbage"],
};

async function quickRun(): Promise<Result> {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/result.json`;
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--config", "bench/deno.json", "bench/main.ts", "--quick", "--output", file],
      cwd: ROOT,
      stdout: "null",
    }).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    assert((await Deno.readTextFile(`${folder}/result.md`)).includes("## Goals"));
    return parseResult(await Deno.readTextFile(file));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("what deno task bench --quick must measure is said of every suite", () => {
  assertEquals(Object.keys(WORKS), SUITES.map(({ name }) => name));
});

Deno.test("deno task bench --quick measures every work of every suite", async () => {
  const { rows, skips } = await quickRun();
  assertEquals(skips.filter(({ failed }) => failed), []);
  const own = rows.filter((row) => row.subject === "promslab");
  assertEquals(own.filter((row) => row.note !== undefined || row.samples.length === 0), []);
  for (const [suite, works] of Object.entries(WORKS)) {
    for (const work of works) {
      const row = own.find((row) => row.suite === suite && row.work === work && row.runtime === "deno");
      assert(row?.samples.every(Number.isFinite), `${suite}/${work} has no samples`);
    }
  }
  const told = own.filter((row) => row.unit === "share told");
  assertEquals(told.flatMap((row) => row.samples).filter((share) => share !== 1), []);
});
