import { assertEquals } from "@std/assert";
import { reloadOnChange } from "../../../../src/server/workers/reload.ts";
import { toFileUrl } from "../../../_support/file_url.ts";
import { waitFor } from "../../../_support/wait_for.ts";

Deno.test("reloadOnChange() names what changed, and replaces once more for what changed meanwhile", async () => {
  const folder = await Deno.makeTempDir();
  const write = (name: string, text: string) => Deno.writeTextFile(`${folder}/${name}`, text);
  for (const name of ["app", "staged"]) await Deno.mkdir(`${folder}/${name}`);
  await write("app/app.ts", 'import "../shared.ts";\n');
  await write("shared.ts", "");
  for (const name of ["a", "b", "c", "d", "e"]) await write(`staged/${name}.ts`, "");
  const reasons: string[] = [];
  let finish: (() => void) | undefined;
  const reload = await reloadOnChange({
    handler: toFileUrl(`${folder}/app/app.ts`),
    replace: (reason) => {
      assertEquals(finish, undefined, "one replacement at a time");
      reasons.push(reason);
      return new Promise((resolve) => {
        finish = () => {
          finish = undefined;
          resolve();
        };
      });
    },
  });
  try {
    // By a rename, so that all five are there at once.
    await Deno.rename(`${folder}/staged`, `${folder}/app/new`);
    await waitFor(() => reasons.length === 1, { what: "the first replacement" });
    assertEquals(reasons, ["new/a.ts, new/b.ts, new/c.ts and 2 more changed"]);
    await write("shared.ts", "// changed\n");
    await waitFor(() => {
      finish?.();
      return reasons.length === 2;
    }, { what: "the second replacement", pauseMs: 20 });
    assertEquals(reasons[1], `${folder}/shared.ts changed`);
  } finally {
    finish?.();
    reload.close();
    await Deno.remove(folder, { recursive: true });
  }
});
