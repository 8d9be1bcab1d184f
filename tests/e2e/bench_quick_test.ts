/**
 * The benches work: a quick run of all of them, so that they never rot.
 */
import { assert, assertEquals } from "@std/assert";
import { parseResult, type Result } from "../../bench/runner/result.ts";
import { SUITES } from "../../bench/suites.ts";
import { ROOT, runCommand } from "../_support/command.ts";
import { blocksOf, valueOf } from "../_support/guide_page.ts";
import { copyRepository } from "../_support/repository_copy.ts";

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

const PAGE = "docs/internals/benchmarking.md";

/** Runs a command of the page in a copy of the repository, quickly; gives what it printed. */
async function runQuickly(command: string, cwd: string): Promise<string> {
  const { code, stdout, stderr } = await runCommand({
    command: ["bash", "-euo", "pipefail", "-c", command],
    cwd,
    env: {
      PROMSLAB_BENCH_QUICK: "1",
      PATH: `${Deno.execPath().replace(/\/[^/]*$/, "")}:${Deno.env.get("PATH") ?? ""}`,
    },
    deadlineMs: 1_800_000,
  });
  assertEquals(code, 0, `${command}\n${stdout}${stderr}`);
  return stdout;
}

/** Follows the page; gives the result of all suites. */
async function followPage(): Promise<Result> {
  const blocks = blocksOf(await Deno.readTextFile(new URL(PAGE, ROOT)));
  const [{ text }] = blocks.filter(({ words }) =>
    valueOf(words, "tested") === "tests/e2e/bench_quick_test.ts"
  );
  const folder = await Deno.makeTempDir({ prefix: "promslab_bench_" });
  try {
    await copyRepository(folder);
    const [whole, ...others] = text.trim().split("\n");
    const file = /^Raw samples: (\S+\.json)$/m.exec(await runQuickly(whole, folder))![1];
    assert((await Deno.readTextFile(file.replace(/\.json$/, ".md"))).includes("## Goals"));
    const result = parseResult(await Deno.readTextFile(file));
    assertEquals(others.length, 6);
    for (const command of others) {
      await runQuickly(command.replaceAll(/\b(?:OLD|NEW|RESULT)\.json/g, file), folder);
    }
    const readme = await Deno.readTextFile(`${folder}/README.md`);
    assert(readme.includes(file.replace(/^.*\/bench\/results\//, "")), "the README names the result");
    return result;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("what deno task bench --quick must measure is said of every suite", () => {
  assertEquals(Object.keys(WORKS), SUITES.map(({ name }) => name));
});

Deno.test("the commands of docs/internals/benchmarking.md, run quickly, measure every work of every suite", async () => {
  const { rows, skips } = await followPage();
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
