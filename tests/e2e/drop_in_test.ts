// needs: npx
/**
 * Applications written for prom-client and its successor, run with the original and with ours in its place, give the
 * same families, values, messages and text.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { findTool } from "../../tools/_tools.ts";
import { type DropInFolders, installDropIn, runApplication } from "../_support/drop_in.ts";
import { bun, node } from "../_support/runtimes.ts";

const DENO = ["deno", "run", "--allow-all", "--no-config", "--node-modules-dir=manual"];

/** Numbers that depend on time, by the lines that have them. */
const TIMED = /^\S*(?:_sum|_bucket|\{[^}]*quantile=)/;

/** Families that prom-client's successor added to the default metrics, and that we have with it. */
const ADDED = /^(?:# \w+ )?\w*nodejs_eventloop_utilization_/;

/** The text without numbers that differ from run to run: durations, and what the process and the runtime are like. */
function comparable(text: unknown): string[] {
  const families = String(text).split("\n\n").filter((family) => !ADDED.test(family));
  return families.flatMap((family) => family.split("\n")).map((line) => {
    if (line.startsWith("#") || line === "") return line;
    const at = line.lastIndexOf(" ");
    const ofRuntime = /^\w*(?:process_|nodejs_)/.test(line);
    const name = line.slice(0, at);
    if (ofRuntime) return name.replace(/\{type=.*/, "{type}");
    return TIMED.test(line) ? name : line;
  })
    // Which resources are active, and whether there was a garbage collection, is no matter of the client.
    .filter((line) => !/^\w*nodejs_(?:active_\w+\{type\}|gc_duration)/.test(line));
}

/** Asserts that a run with ours gives what the run with the original gives. */
async function assertSame(
  folders: DropInFolders,
  runtime: readonly string[],
  application: { file: string; client?: string },
): Promise<void> {
  const wanted = await runApplication(runtime, folders.originals, application);
  const found = await runApplication(runtime, folders.replaced, application);
  const view = (results: Record<string, unknown>) =>
    application.file === "readme.cjs"
      ? results
      : Object.fromEntries(Object.entries(results).map(([key, value]) => [key, comparable(value)]));
  assertEquals(view(found), view(wanted), `${application.file} with ${runtime[0]}`);
  assert(Object.keys(wanted).length > 0);
}

Deno.test("applications written for prom-client run the same with ours in its place", async (t) => {
  const folders = await installDropIn();
  try {
    const [program] = (await node()).program;
    const runtimes: Record<string, readonly string[]> = { "Node": [program], "Deno": DENO };
    for (const [name, runtime] of Object.entries(runtimes)) {
      for (const client of ["prom-client", "@prometheus-io/client"]) {
        await t.step(
          `${name}: the documentation of ${client}`,
          () => assertSame(folders, runtime, { file: "readme.cjs", client }),
        );
      }
      await t.step(
        `${name}: fastify.cjs with the fastify-metrics of @prometheus-io/client`,
        () => assertSame(folders, runtime, { file: "fastify.cjs", client: "@prometheus-io/client" }),
      );
      for (const file of ["express.cjs", "fastify.cjs", "hono.mjs"]) {
        await t.step(`${name}: ${file}`, () => assertSame(folders, runtime, { file }));
      }
    }
    await t.step(
      "Node: a cluster",
      () => assertSame(folders, runtimes.Node, { file: "cluster.cjs", client: "@prometheus-io/client" }),
    );
    await t.step("Node: a process of a cluster that never answers", async () => {
      const application = { file: "cluster_silent.cjs", client: "@prometheus-io/client" };
      const { error, seconds } = await runApplication(runtimes.Node, folders.replaced, application);
      assertEquals(error, "Operation timed out. 1 outstanding responses.");
      assert(Number(seconds) >= 4, `after ${seconds} s`);
    });
    const installed = findTool("node");
    await t.step({
      name: "the installed Node, even if it is of version 20",
      ignore: !installed.found,
      fn: async () => {
        const application = { file: "readme.cjs", client: "prom-client" };
        const wanted = await runApplication(runtimes.Node, folders.replaced, application);
        assertEquals(await runApplication([installed.path], folders.replaced, application), wanted);
      },
    });
    await t.step("Bun", async () => {
      const application = { file: "readme.cjs", client: "prom-client" };
      const wanted = await runApplication(runtimes.Node, folders.replaced, application);
      assertEquals(await runApplication((await bun()).program, folders.replaced, application), wanted);
    });
    await t.step("two copies of the package in one process do not mix", async () => {
      for (const runtime of Object.values(runtimes)) {
        const results = await runApplication(runtime, folders.replaced, { file: "twice.cjs" });
        assertEquals(results.separate, true);
        assertEquals(results.same, true);
        assertStringIncludes(String(results.first), "both_total 1");
        assertStringIncludes(String(results.second), "both_total 20");
      }
    });
  } finally {
    await Deno.remove(new URL(`file://${folders.originals}/..`), { recursive: true });
  }
});
