// needs: npx
/**
 * The npm packages, installed from their archives into empty projects of Node, Bun and Deno.
 */
import { assert, assertEquals, assertLessOrEqual, assertMatch } from "@std/assert";
import { findTool } from "../../tools/_tools.ts";
import { ROOT, startCommand } from "../_support/command.ts";
import { freePort } from "../_support/free_port.ts";
import { blocksOf, valueOf } from "../_support/guide_page.ts";
import { installPacked, packNpm, succeed } from "../_support/npm_project.ts";
import { bun, node } from "../_support/runtimes.ts";

/** The most that the core may take when it is unpacked, in bytes. */
const CORE_BYTES_MAX = 300_000;

/** The most that a program which only counts may take of the core's JavaScript. */
const COUNTER_SHARE_MAX = 0.5;

const SMOKE = ['greetings_total{kind="plain"} 10', "starts_total 1"];

const DENO = ["deno", "run", "--allow-all", "--no-config", "--node-modules-dir=manual"];

Deno.test("@promslab/core is small, and counts in workers of Node, Bun and Deno", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "npm_core_" });
  try {
    const packed = await packNpm(folder, "core");
    const project = `${folder}/node`;
    await installPacked(project, packed);
    const smoke = async (command: readonly string[], cwd: string) =>
      assertEquals(JSON.parse((await succeed(command, cwd)).trim()).sort(), SMOKE, command.join(" "));
    const [program] = (await node()).program;

    await t.step(`its files take ${packed.unpackedBytes} bytes, ${packed.packedBytes} packed`, () => {
      assertLessOrEqual(packed.unpackedBytes, CORE_BYTES_MAX);
      const unknown = packed.files.filter((file) =>
        !/^(?:[\w-]+\.(?:[cm]js|d\.ts)|package\.json|README\.md|LICENSE)$/.test(file)
      );
      assertEquals(unknown, []);
    });
    await t.step("Node: import", () => smoke([program, "smoke.mjs"], project));
    await t.step("Node: require()", () => smoke([program, "smoke.cjs"], project));
    const installed = findTool("node");
    await t.step({
      name: "the installed Node, even if it is of version 20",
      ignore: !installed.found,
      fn: async () => {
        await smoke([installed.path, "smoke.mjs"], project);
        await smoke([installed.path, "smoke.cjs"], project);
      },
    });
    await t.step("the server of docs/guide/installing.md", async () => {
      // A project of its own, because the page's files have names that the other steps use.
      await installPacked(`${folder}/guide`, packed);
      await followGuide(`${folder}/guide`, program);
    });
    await t.step("Deno", () => smoke([...DENO, "smoke.mjs"], project));
    await t.step("Bun", async () => {
      const [program] = (await bun()).program;
      await installPacked(`${folder}/bun`, packed, [program, "add"]);
      await smoke([program, "smoke.mjs"], `${folder}/bun`);
      await smoke([program, "smoke.cjs"], `${folder}/bun`);
    });
    await t.step("TypeScript reads its declarations from ES and CommonJS modules", async () => {
      const flags = [
        "--strict",
        "--module",
        "nodenext",
        "--target",
        "es2022",
        "--lib",
        "es2022,dom",
      ];
      await succeed(
        [
          "npx",
          "-y",
          "-p",
          "typescript@5.9.3",
          "tsc",
          ...flags,

          "--noEmit",
          "usage.mts",
          "usage.cts",
        ],
        project,
      );
    });
    await t.step("a bundler leaves out what a program does not use", async () => {
      const program =
        `import { Counter } from "${packed.name}";\nnew Counter({ name: "a_total", help: "h" }).inc();\n`;
      await Deno.writeTextFile(`${project}/counter.mjs`, program);
      await succeed(
        [
          "npx",
          "-y",
          "esbuild@0.28.2",
          "counter.mjs",
          "--bundle",
          "--minify",
          "--format=esm",
          "--platform=node",
          "--outfile=out.mjs",
        ],
        project,
      );
      const { size } = await Deno.stat(`${project}/out.mjs`);
      const whole = (await Deno.stat(`${project}/node_modules/${packed.name}/index.mjs`)).size;
      const chunks = packed.files.filter((file) => file.startsWith("chunk-"));
      let total = whole;
      for (const file of chunks) {
        total += (await Deno.stat(`${project}/node_modules/${packed.name}/${file}`)).size;
      }
      assertLessOrEqual(size / total, COUNTER_SHARE_MAX, `${size} of ${total} bytes`);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Writes the guide's application and program into the project, starts it, and asks it as the guide does. */
async function followGuide(project: string, node: string): Promise<void> {
  const page = blocksOf(await Deno.readTextFile(new URL("docs/guide/installing.md", ROOT)));
  const ports = { "8000": freePort(), "9464": freePort() };
  const files = page.filter(({ language }) => language === "js");
  assertEquals(files.map(({ words }) => valueOf(words, "file")), ["app.mjs", "main.mjs"]);
  for (const { words, text } of files) {
    const here = text.replace(/\b(?:8000|9464)\b/g, (port) => String(ports[port as keyof typeof ports]));
    await Deno.writeTextFile(`${project}/${valueOf(words, "file")}`, here);
  }
  await using server = await startCommand({
    command: [node, "main.mjs"],
    cwd: project,
    ready: new RegExp(`^serving at http://127\\.0\\.0\\.1:${ports["8000"]}$`, "m"),
    deadlineMs: 60_000,
  });
  assertEquals(await (await fetch(`http://127.0.0.1:${ports["8000"]}/`)).text(), "done\n");
  const metrics = await (await fetch(`http://127.0.0.1:${ports["9464"]}/metrics`)).text();
  assertMatch(metrics, /^jobs_total 1$/m);
  assertEquals((await server.stop()).code, 0);
}

Deno.test("promslab has every entry point, the LLM server and the command line, in Node", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "npm_whole_" });
  try {
    const packed = await packNpm(folder, "promslab");
    const project = `${folder}/node`;
    await installPacked(project, packed);
    const [program] = (await node()).program;
    await t.step("entry points", async () => {
      const found = JSON.parse((await succeed([program, "entries.mjs"], project)).trim());
      assertEquals(found, {
        tokens: 4,
        counted: "4",
        dropIn:
          "# HELP drop_in_total Counted as with prom-client.\n# TYPE drop_in_total counter\ndrop_in_total 3",
        required: true,
        functions: ["function", "function", "function"],
      });
    });
    await t.step("npx promslab", async () => {
      assert(
        (await succeed(["node_modules/.bin/promslab", "--help"], project)).includes("promslab serve MODULE"),
      );
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
