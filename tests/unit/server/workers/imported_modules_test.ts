import { assertEquals } from "@std/assert";
import { importedModules } from "../../../../src/server/workers/imported_modules.ts";
import { toFileUrl } from "../../../_support/file_url.ts";

Deno.test("importedModules() follows relative and file: imports, once each, and no names", async () => {
  const folder = await Deno.makeTempDir();
  const files = {
    "app.ts":
      `import { a } from "./lib/a.ts";\nimport "npm:x";\nimport x from 'promslab';\nexport * from "./b.ts";\n`,
    "lib/a.ts": `export const a = await import("../c.js");\nimport json from "/${
      folder.slice(1)
    }/d.json" with {};\n`,
    "b.ts": `import "./app.ts";\nimport "${toFileUrl(folder).href}/e.ts";\n`,
    "c.js": "export {\n  one,\n  two,\n} from\n  './missing.js';\n",
    "d.json": "{}",
    "e.ts": `const text = "not from './f.ts' at all";\n`,
    "f.ts": "",
  };
  try {
    await Deno.mkdir(`${folder}/lib`);
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(`${folder}/${name}`, text);
    const found = await importedModules(toFileUrl(`${folder}/app.ts`));
    // An import inside a text is taken for one, which costs nothing but a look at that file.
    assertEquals(
      found.map(({ pathname }) => pathname.slice(folder.length + 1)).sort(),
      ["app.ts", "b.ts", "c.js", "d.json", "e.ts", "f.ts", "lib/a.ts", "missing.js"],
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
