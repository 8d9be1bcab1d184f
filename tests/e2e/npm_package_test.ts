// needs: npx
/**
 * The npm packages, installed from their archives into empty projects of Node, Bun and Deno.
 */
import { assert, assertEquals, assertLessOrEqual, assertMatch } from "@std/assert";
import { findTool } from "../../tools/_tools.ts";
import { ROOT, runCommand, startCommand } from "../_support/command.ts";
import { freePort } from "../_support/free_port.ts";
import { blocksOf, valueOf } from "../_support/guide_page.ts";
import { installPacked, packNpm, succeed } from "../_support/npm_project.ts";
import { copyRepository } from "../_support/repository_copy.ts";
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
    await t.step("the commands of docs/guide/installing.md", () => followGuide(`${folder}/guide`, program));
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

/**
 * Follows docs/guide/installing.md in a copy of the repository: writes its files, runs its commands as they stand but for
 * the ports, and asks the server as the page does.
 */
async function followGuide(folder: string, node: string): Promise<void> {
  await Deno.mkdir(folder);
  await copyRepository(folder);
  const ports: Record<string, string> = { "8000": String(freePort()), "9464": String(freePort()) };
  const path = [Deno.execPath(), node].map((program) => program.replace(/\/[^/]*$/, ""));
  const env = { PATH: [...path.toReversed(), Deno.env.get("PATH") ?? ""].join(":") };
  const page = blocksOf(await Deno.readTextFile(new URL("docs/guide/installing.md", ROOT)))
    .filter(({ words }) => valueOf(words, "tested") === "tests/e2e/npm_package_test.ts")
    .map(({ language, words, text }) => ({
      language,
      file: valueOf(words, "file"),
      text: text.replace(/\b(?:8000|9464)\b/g, (port) => ports[port]),
    }));
  assertEquals(page.map(({ language, file }) => file ?? language), ["app.mjs", "sh", "main.mjs", "sh"]);
  const [application, install, program, start] = page;
  for (const { file, text } of [application, program]) await Deno.writeTextFile(`${folder}/${file}`, text);
  const installed = await runCommand({
    command: ["bash", "-euo", "pipefail", "-c", install.text],
    cwd: folder,
    env,
    deadlineMs: 600_000,
  });
  assertEquals(installed.code, 0, installed.stdout + installed.stderr);
  await using server = await startCommand({
    command: ["bash", "-euo", "pipefail", "-c", start.text.replace("\nnode ", "\nexec node ")],
    cwd: folder,
    env,
    ready: new RegExp(`^serving at http://127\\.0\\.0\\.1:${ports["8000"]}$`, "m"),
    deadlineMs: 300_000,
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
