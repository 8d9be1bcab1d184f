/**
 * Builds the documentation as a static site with VitePress, which comes through npx; nothing of it is left in the
 * repository. Usage: `deno task site [DIRECTORY]`, `site` if left out.
 *
 * @module
 */
import { filesUnder, ROOT, run } from "./_run.ts";

/** The generator. */
const VITEPRESS = "vitepress@1.6.4";

/** Folders of `docs`, with their titles in the sidebar. */
const SECTIONS = [
  ["guide", "Guide"],
  ["reference", "Reference"],
  ["internals", "Internals"],
  ["decisions", "Decisions"],
] as const;

/** A folder's first page, which is called otherwise on the site. */
const README = /(^|\/)README\.md$/;

/**
 * Builds the site; a dead link between pages fails the build.
 *
 * @param directory where to, absolute
 * @returns how many pages there are
 * @throws {Error} If VitePress fails; the message has what it said
 */
export async function buildSite(directory: string): Promise<number> {
  const folder = await Deno.makeTempDir({ prefix: "promslab_site_" });
  try {
    const pages = filesUnder("docs", ".md");
    for (const page of pages) {
      const target = `${folder}/${page.replace(/^docs\//, "").replace(README, "$1index.md")}`;
      await Deno.mkdir(target.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.writeTextFile(target, forSite(await Deno.readTextFile(`${ROOT}/${page}`), page));
    }
    await Deno.mkdir(`${folder}/.vitepress`);
    await Deno.writeTextFile(
      `${folder}/.vitepress/config.mjs`,
      `export default ${JSON.stringify(config(pages, directory))};\n`,
    );
    await Deno.writeTextFile(`${folder}/package.json`, '{ "private": true, "type": "module" }\n');
    const install = ["npm", "install", "--no-audit", "--no-fund", "--no-save", VITEPRESS];
    for (const command of [install, ["npx", "vitepress", "build"]]) {
      const { code, output } = await run(command, { cwd: folder });
      if (code !== 0) throw new Error(`Cannot build site: ${command.join(" ")} gave ${code}\n${output}`);
    }
    return pages.length;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A page as the site has it: links to files that are no pages become their names, markup that is Vue's becomes text. */
function forSite(markdown: string, page: string): string {
  const parts = markdown.split(/(^```[\s\S]*?^```$)/m);
  return parts.map((part) =>
    part.startsWith("```") ? part : part
      .replace(/\[([^\]]+)\]\(([^)\s]+)\)/g, (whole, text: string, target: string) =>
        leavesDocs(target, page) ? text : whole.replace("README.md", "index.md"))
      .replace(/\{\{/g, "&#123;&#123;")
  ).join("");
}

function leavesDocs(target: string, page: string): boolean {
  if (/^[a-z]+:/.test(target) || target.startsWith("#")) return false;
  const path = new URL(target, `file:///${page}`).pathname;
  return !path.startsWith("/docs/") || !/\.md$/.test(path);
}

function config(pages: readonly string[], directory: string): object {
  return {
    title: "promslab",
    description: "Prometheus metrics and a multi-core HTTP server for Deno",
    outDir: directory,
    cleanUrls: false,
    // Nothing is fetched from elsewhere.
    themeConfig: {
      search: { provider: "local" },
      sidebar: SECTIONS.map(([folder, text]) => ({
        text,
        collapsed: folder === "decisions",
        items: pages.filter((page) => page.startsWith(`docs/${folder}/`)).map((page) => ({
          text: titleOf(page),
          link: page.replace(/^docs/, "").replace(README, "$1index.md").replace(/\.md$/, ""),
        })),
      })),
    },
  };
}

function titleOf(page: string): string {
  const [, title] = /^# (.+)$/m.exec(Deno.readTextFileSync(`${ROOT}/${page}`))!;
  return title.replaceAll("`", "");
}

if (import.meta.main) {
  const [directory = `${ROOT}/site`] = Deno.args;
  console.log(
    `${await buildSite(
      directory.startsWith("/") ? directory : `${Deno.cwd()}/${directory}`,
    )} pages in ${directory}`,
  );
}
