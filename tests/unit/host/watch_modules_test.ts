import { assertEquals, assertRejects } from "@std/assert";
import { toFileUrl } from "../../_support/file_url.ts";
import { type ModuleWatch, watchModules } from "../../../src/host/watch_modules.ts";
import { waitFor } from "../../_support/wait_for.ts";

/** A folder that is watched for one test, and the changes that were told, by path below it. */
async function watched(
  run: (folder: string, changes: string[]) => Promise<void>,
  files: Record<string, string> = {},
  alsoFile?: string,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const changes: string[] = [];
  let watch: ModuleWatch | undefined;
  try {
    await Deno.mkdir(`${folder}/app/node_modules/pkg`, { recursive: true });
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(`${folder}/${name}`, text);
    watch = await watchModules(toFileUrl(`${folder}/app/`), {
      onChange: (paths) => changes.push(...paths.map((path) => path.slice(folder.length + 1))),
      alsoFiles: alsoFile && (() => Promise.resolve([toFileUrl(`${folder}/${alsoFile}`)])) || undefined,
    });
    await run(folder, changes);
  } finally {
    watch?.close();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("watchModules() tells of modules that were written, made, renamed over and removed, in new folders too", async () => {
  await watched(async (folder, changes) => {
    await Deno.writeTextFile(`${folder}/app/a.ts`, "two, longer");
    await waitFor(() => changes.includes("app/a.ts"), { what: "the write" });
    await Deno.mkdir(`${folder}/app/sub`);
    await Deno.writeTextFile(`${folder}/app/sub/b.json`, "{}");
    await waitFor(() => changes.includes("app/sub/b.json"), { what: "the file in a new folder" });
    await Deno.writeTextFile(`${folder}/app/.a.ts.tmp`, "three");
    changes.length = 0;
    await Deno.rename(`${folder}/app/.a.ts.tmp`, `${folder}/app/a.ts`);
    await waitFor(() => changes.includes("app/a.ts"), { what: "the rename" });
    await Deno.remove(`${folder}/app/sub/b.json`);
    await waitFor(() => changes.includes("app/sub/b.json"), { what: "the removal" });
  }, { "app/a.ts": "one" });
});

Deno.test("watchModules() leaves out what was only read, other kinds of files, hidden ones and packages", async () => {
  await watched(async (folder, changes) => {
    await Deno.readTextFile(`${folder}/app/a.ts`);
    for (const name of ["data.db", ".hidden.ts", "node_modules/pkg/index.js"]) {
      await Deno.writeTextFile(`${folder}/app/${name}`, "new");
    }
    // What comes last is told last: when it is there, the others would have been.
    await Deno.writeTextFile(`${folder}/app/last.ts`, "new");
    await waitFor(() => changes.includes("app/last.ts"), { what: "the last file" });
    assertEquals(new Set(changes), new Set(["app/last.ts"]));
  }, { "app/a.ts": "one" });
});

Deno.test("watchModules() tells of further files, but not of those beside them", async () => {
  await watched(
    async (folder, changes) => {
      await Deno.writeTextFile(`${folder}/beside.ts`, "new");
      await Deno.writeTextFile(`${folder}/shared.ts`, "two, longer");
      await waitFor(() => changes.length > 0, { what: "the change" });
      assertEquals(new Set(changes), new Set(["shared.ts"]));
    },
    { "shared.ts": "one" },
    "shared.ts",
  );
});

Deno.test("watchModules() refuses a folder that is not there", async () => {
  await assertRejects(() => watchModules(new URL("file:///nowhere/at/all/"), { onChange: () => {} }));
});
