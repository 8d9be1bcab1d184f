// needs: npx
/**
 * The documentation as a static site: it builds, and no link within it is dead.
 */
import { assert, assertEquals } from "@std/assert";
import { filesUnder } from "../../tools/_run.ts";
import { buildSite } from "../../tools/build_site.ts";

Deno.test("the site has every page, its links lead somewhere, and it loads nothing from elsewhere", async () => {
  const folder = await Deno.makeTempDir({ prefix: "site_" });
  try {
    const count = await buildSite(folder);
    assertEquals(count, filesUnder("docs", ".md").length);
    const pages = new Map<string, string>();
    for await (const path of htmlIn(folder)) {
      pages.set(path.slice(folder.length), await Deno.readTextFile(path));
    }
    assertEquals([...pages.keys()].filter((path) => path !== "/404.html").length, count);
    const dead: string[] = [];
    let linkCount = 0;
    for (const [page, html] of pages) {
      for (const [, attribute, target] of html.matchAll(/ (href|src)="([^"]+)"/g)) {
        const isLoaded = attribute === "src";
        if (/^(?:https?:)?\/\//.test(target)) {
          if (isLoaded) dead.push(`${page} loads ${target}`);
          continue;
        }
        linkCount++;
        const { pathname, hash } = new URL(target, `file://${page}`);
        if (
          hash !== "" && pages.has(pathname) &&
          !pages.get(pathname)!.includes(`id="${decodeURIComponent(hash.slice(1))}"`)
        ) {
          dead.push(`${page} links ${target}`);
        }
        const path = decodeURIComponent(pathname);
        const candidates = path.endsWith("/") ? [`${path}index.html`] : [path, `${path}.html`];
        if (!(await Promise.all(candidates.map((file) => isFile(`${folder}${file}`)))).some(Boolean)) {
          dead.push(`${page} links ${target}`);
        }
      }
    }
    assert(linkCount > 200, `${linkCount} links`);
    assertEquals(dead, []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isFile, () => false);
}

async function* htmlIn(folder: string): AsyncIterable<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* htmlIn(path);
    else if (path.endsWith(".html")) yield path;
  }
}
