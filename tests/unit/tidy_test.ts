/**
 * What can be said of the sources by reading them as text. Each test names every offender at once.
 */
import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { importGraph, LAYERS } from "../../tools/check_layers.ts";
import { exists, filesUnder, ROOT } from "../../tools/_run.ts";

const SOURCES = [...filesUnder("src", ".ts"), ...filesUnder("workers", ".ts"), ...filesUnder(".", "mod.ts")]
  .filter((file) => /^(?:src|workers)\/|^mod\.ts$/.test(file));
const TESTS = filesUnder("tests", "_test.ts");
const CODE = ["src", "workers", "tools", "tests", "bench", "examples", "links", "deploy"]
  .flatMap((folder) => filesUnder(folder, ".ts"));
const MARKDOWN = filesUnder(".", ".md");

/** Lines of a source file at most: a longer one is more than one noun or verb. */
const LINES_MAX = 450;

/** Layers with code that an application calls for each event; in the others nothing is on the data plane. */
const MARKED_LAYERS = [
  "collect",
  "compat",
  "exposition",
  "metric",
  "model",
  "push",
  "registry",
  "server",
  "slab",
  "testing",
];

/** Share of the source files with code that may go without a test file of their own name. */
const NAKED_SHARE_MAX = 0.28;

function read(file: string): string {
  return Deno.readTextFileSync(`${ROOT}/${file}`);
}

function json(file: string) {
  return JSON.parse(read(file));
}

/** Whether a file only declares types or hands on what others declare: then there is nothing to run. */
function isWithoutCode(source: string): boolean {
  return !/^(?:export )?(?:default )?(?:abstract )?(?:async )?(?:function|class|const|let)\b/m.test(source);
}

Deno.test("no source file is longer than one noun or one verb needs", () => {
  const long = SOURCES.map((file) => `${file}: ${read(file).split("\n").length - 1}`)
    .filter((line) => Number(line.split(": ")[1]) > LINES_MAX);
  assertEquals(long, []);
});

Deno.test("source files have a test file of their name", () => {
  const tested = new Set(TESTS.map((file) => file.replace(/^.*\//, "").replace("_test.ts", "")));
  const withCode = SOURCES.filter((file) => file !== "mod.ts" && !isWithoutCode(read(file)));
  const naked = withCode.filter((file) => !tested.has(file.replace(/^.*\//, "").replace(".ts", "")));
  assertLessOrEqual(
    naked.length / Math.max(1, withCode.length),
    NAKED_SHARE_MAX,
    `${naked.length} of ${withCode.length} have none:\n${naked.join("\n")}`,
  );
});

Deno.test("files of the layers with a data plane say which plane they are on", () => {
  const marked = SOURCES.filter((file) => /^\/\/ (?:DATA|CONTROL) PLANE$/m.test(read(file)));
  const wanted = SOURCES.filter((file) =>
    MARKED_LAYERS.includes(file.split("/")[1]) && !isWithoutCode(read(file))
  );
  assertEquals(marked, wanted);
});

Deno.test("every source file is reached by a test", async () => {
  const edges = await importGraph(filesUnder("tests", ".ts"), ["--import-map", "tests/import_map.json"]);
  const reached = new Set(edges.map(({ to }) => to));
  // What a test starts as a process, a thread or a page does not show in the graph of imports.
  const roots = ["src/cli/main.ts", "src/dashboard/page/main.ts"];
  const started = SOURCES.filter((file) => file.startsWith("workers/") || roots.includes(file));
  for (const { to } of await importGraph(started)) reached.add(to);
  for (const file of started) reached.add(file);
  assertEquals(SOURCES.filter((file) => !reached.has(file)), []);
});

Deno.test("nothing is left for later", () => {
  // The words are put together here so that this file does not hold them.
  const words = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"].join("|");
  const marker = new RegExp(`\\b(?:${words})\\b|not (?:yet )?implemented`);
  const found = [...CODE, ...MARKDOWN].flatMap((file) =>
    read(file).split("\n").flatMap((line, i) => marker.test(line) ? [`${file}:${i + 1}`] : [])
  );
  assertEquals(found.filter((place) => !place.startsWith("tests/unit/tidy_test.ts")), []);
});

Deno.test("no test is switched off or runs alone", () => {
  const switched =
    /\bDeno\.test\.(?:ignore|only)\b|\bignore: *true\b|\bonly: *true\b|\b(?:test|it|describe)\.(?:skip|only)\(/;
  const found = TESTS.filter((file) => file !== "tests/unit/tidy_test.ts" && switched.test(read(file)));
  assertEquals(found, []);
});

Deno.test("no test returns early instead of being skipped by name", () => {
  // The body of a test stands two spaces in, that of its helpers' callbacks further.
  const early = /^Deno\.test\((?:(?!^\}).)*?^ {2}if \(.*\) return;$/ms;
  assertEquals(TESTS.filter((file) => early.test(read(file))), []);
});

Deno.test("every Markdown file has one title", () => {
  const titles = (file: string) =>
    read(file).replace(/^```[\s\S]*?^```/gm, "").match(/^# .+$/gm)?.length ?? 0;
  assertEquals(
    MARKDOWN.map((file) => `${file}: ${titles(file)}`).filter((line) => !line.endsWith(": 1")),
    [],
  );
});

Deno.test("no relative link of a Markdown file is dead", () => {
  const dead = MARKDOWN.flatMap((file) => {
    const folder = file.includes("/") ? file.replace(/\/[^/]*$/, "/") : "";
    const targets = [...read(file).replace(/^```[\s\S]*?^```/gm, "").matchAll(/\]\(([^)\s]+)\)/g)].map((
      [, to],
    ) => to);
    return targets.filter((to) => !/^[a-z]+:/.test(to) && !leadsSomewhere(to, { file, folder }))
      .map((to) => `${file} links ${to}`);
  });
  assertEquals(dead, []);
});

function leadsSomewhere(target: string, from: { file: string; folder: string }): boolean {
  const [path, anchor] = target.split("#");
  const file = path === "" ? from.file : new URL(path, `file:///${from.folder}`).pathname.slice(1);
  if (!exists(file)) return false;
  if (anchor === undefined || !file.endsWith(".md")) return true;
  const headings = read(file).match(/^#+ .+$/gm) ?? [];
  return headings.some((line) => slug(line) === anchor);
}

/** The anchor that a heading gets on the usual code hosts. */
function slug(heading: string): string {
  return heading.replace(/^#+ /, "").toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replace(/ /g, "-");
}

Deno.test("every task that a Markdown file mentions is there", () => {
  const tasks = Object.keys(json("deno.json").tasks);
  const absent = MARKDOWN.flatMap((file) => {
    const mentioned = [
      ...read(file).matchAll(/\b(?:deno|deno@[\d.]+) (?:task|run) ([a-z][a-z:]*)(?=[\s`.,;)])/g),
    ];
    return mentioned.filter(([, task]) => !tasks.includes(task)).map(([command]) => `${file}: ${command}`);
  });
  assertEquals(absent, []);
});

Deno.test("no file names the host of a package registry", () => {
  const host = /https?:\/\/[a-z.-]*(?:registry|deb|npm)[.][a-z.]+/;
  const files = [...CODE, ...MARKDOWN, ...filesUnder(".", ".json"), ...filesUnder(".", ".yml")];
  assertEquals(files.filter((file) => host.test(read(file))), []);
});

Deno.test("the import map of the tests repeats the root's entries", () => {
  const root: Record<string, string> = json("deno.json").imports;
  const { imports } = json("tests/import_map.json");
  for (const [name, target] of Object.entries(root)) {
    assertEquals(imports[name], target.startsWith("./") ? `.${target}` : target, name);
  }
  // An import map, unlike deno.json, does not extend a package's name to its entry points.
  assertEquals(imports["@std/http/"], root["@std/http"].replace("jsr:", "jsr:/") + "/");
});

Deno.test("what the benches' configuration has in common with the root's is the same", () => {
  const { imports, links } = json("bench/deno.json");
  const root = json("deno.json");
  const shared = Object.keys(root.imports).filter((name) => name in imports);
  assert(shared.length > 0);
  for (const name of shared) assertEquals(imports[name], root.imports[name], name);
  for (const link of links) assert(root.links.includes(link.slice("../".length)), link);
});

Deno.test("Bun finds what the root's import map names by a path, and every entry point of the local packages", () => {
  const { paths } = json("tsconfig.json").compilerOptions;
  const { imports } = json("deno.json");
  for (
    const [name, target] of Object.entries<string>(imports).filter(([, target]) => target.startsWith("./"))
  ) {
    assertEquals(paths[name], [target], name);
  }
  for (const name of ["std_assert", "std_http"]) {
    const { name: packageName, exports } = json(`links/${name}/deno.json`);
    for (const [entry, target] of Object.entries<string>(exports)) {
      const specifier = packageName + entry.slice(1);
      assertEquals(paths[specifier], [target.replace("./", `./links/${name}/`)], specifier);
    }
  }
});

Deno.test("deno.json and package.json are of one version and have the same entry points", () => {
  const [deno, npm] = [json("deno.json"), json("package.json")];
  assertEquals([npm.version, npm.exports], [deno.version, deno.exports]);
  const packages = Object.values<string>(deno.imports).filter((target) => target.startsWith("npm:"));
  const dependencies = Object.entries(npm.dependencies ?? {}).map(([name, version]) =>
    `npm:${name}@${version}`
  );
  assertEquals(dependencies.sort(), packages.sort());
  assertEquals(npm.devDependencies, undefined, "whoever runs the server would download them");
});

Deno.test("the table of docs/internals/architecture.md is the one that is enforced", () => {
  const text = read("docs/internals/architecture.md");
  const rows = [...text.matchAll(/^\| `(\w+)` +\|[^|]*\| ([^|]+?) +\|$/gm)];
  const documented = rows.map((
    [, layer, allowed],
  ) => [layer, allowed === "nothing" ? [] : allowed.split(", ").sort()]);
  const enforced = Object.entries(LAYERS).map(([layer, allowed]) => [layer, [...allowed].sort()]);
  assertEquals(Object.fromEntries(documented), Object.fromEntries(enforced));
});
