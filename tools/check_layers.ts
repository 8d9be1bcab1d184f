/**
 * Who may import whom. The table is the architecture's; an edge that is not listed is forbidden, cycles are forbidden,
 * and type-only imports count. Also who may name what: shared memory only in two folders, runtimes only in one.
 *
 * @module
 */
import { DENO, exists, filesUnder, ROOT, run } from "./_run.ts";

/** For each layer the layers that its files may import, besides their own. */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  layout: [],
  model: [],
  slab: ["layout"],
  metric: ["slab", "model"],
  registry: ["metric", "slab", "model"],
  // WHY: also metric and families, because the collector's own families and the runtime's are like any other.
  collect: ["slab", "metric", "registry", "model", "families"],
  exposition: ["model"],
  families: ["model", "metric"],
  host: [],
  server: ["layout", "model", "slab", "metric", "registry", "collect", "exposition", "families", "host"],
  // WHY model: what is sent in a form of its own, as OTLP is, is made of samples.
  push: ["model", "exposition", "collect", "host"],
  // WHY registry: what is cleared between tests is a registry.
  testing: ["registry", "collect", "exposition", "model"],
  llm: ["server", "families", "registry", "metric", "collect", "slab", "model", "host"],
  // WHY families: what a runtime tells has one name, help text and set of buckets in both entries.
  compat: ["model", "slab", "registry", "metric", "collect", "families", "exposition", "push", "host"],
  // WHY collect: what is shown is a collector.
  dashboard: ["server", "exposition", "collect"],
  // The command line needs arguments, variables, files and exit codes, which only the host may touch.
  cli: ["server", "llm", "dashboard", "testing", "exposition", "slab", "host"],
  workers: ["server", "llm"],
};

/** Layers in which no package at all may be imported: they run wherever JavaScript runs. */
const WITHOUT_PACKAGES = [
  "layout",
  "model",
  "slab",
  "metric",
  "registry",
  "collect",
  "exposition",
  "families",
];

/** Words that only some layers may use. */
const WORDS = [
  { pattern: /\bAtomics\.|\bnew SharedArrayBuffer\b/, what: "shared memory", layers: ["slab"] },
  {
    pattern: /\b(?:Deno|Bun|process|navigator)\.|\bglobalThis\.(?:Deno|Bun|process)\b|\brequire\(/,
    what: "a runtime's own API",
    layers: ["host"],
  },
];

/** One import: file names are relative to the root; a package is named as written. */
export interface Edge {
  readonly from: string;
  readonly to: string;
}

interface GraphModule {
  readonly specifier: string;
  readonly error?: string;
  readonly dependencies?: readonly {
    readonly specifier: string;
    readonly code?: { readonly specifier?: string };
    readonly type?: { readonly specifier?: string };
  }[];
}

/** All problems of the repository's sources, one sentence each; empty if all is well. */
export async function checkLayers(): Promise<string[]> {
  const roots = [
    ...(exists("mod.ts") ? ["mod.ts"] : []),
    ...filesUnder("workers", ".ts"),
    ...filesUnder("src", ".ts"),
  ];
  if (roots.length === 0) return [];
  const edges = await importGraph(roots);
  const problems = [...edges.flatMap(judgeEdge), ...findCycles(edges)];
  for (const file of [...filesUnder("src", ".ts"), ...filesUnder("workers", ".ts")]) {
    problems.push(...judgeWords(file, await Deno.readTextFile(`${ROOT}/${file}`)));
  }
  return [...new Set(problems)].sort();
}

/** The layer of a file, or undefined for one outside them (mod.ts, tools, tests). */
export function layerOf(file: string): string | undefined {
  return /^src\/([^/]+)\//.exec(file)?.[1] ?? /^(workers)\//.exec(file)?.[1];
}

/** Judges one import by the table. */
export function judgeEdge({ from, to }: Edge): string[] {
  const layer = layerOf(from);
  if (layer === undefined) return [];
  const allowed = LAYERS[layer];
  if (allowed === undefined) {
    return [`${from}: folder "${layer}" is not in the table of tools/check_layers.ts`];
  }
  if (!to.startsWith("src/") && !to.startsWith("workers/")) return judgeOutside(from, to, layer);
  const target = layerOf(to);
  if (target === undefined) return [`${from} imports ${to}, which lies in no layer`];
  if (target === layer || allowed.includes(target)) return [];
  return [
    `${from} imports ${to}: ${layer} may import ${allowed.length === 0 ? "nothing" : allowed.join(", ")}`,
  ];
}

function judgeOutside(from: string, to: string, layer: string): string[] {
  if (/^(?:jsr:|npm:|@std\/)|^links\//.test(to)) {
    return WITHOUT_PACKAGES.includes(layer)
      ? [`${from} imports ${to}: ${layer} must not depend on any package`]
      : [];
  }
  if (to.startsWith("node:")) {
    return layer === "host" ? [] : [`${from} imports ${to}: only src/host may use a runtime's own modules`];
  }
  return [`${from} imports ${to}: the library must not import from outside src`];
}

/** Finds import cycles, each named once by its files in order. */
export function findCycles(edges: readonly Edge[]): string[] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of edges) targets.set(from, [...(targets.get(from) ?? []), to]);
  const done = new Set<string>();
  const path: string[] = [];
  const cycles: string[] = [];
  const visit = (file: string) => {
    if (done.has(file)) return;
    const at = path.indexOf(file);
    if (at >= 0) {
      cycles.push(`import cycle: ${[...path.slice(at), file].join(" -> ")}`);
      return;
    }
    path.push(file);
    for (const target of targets.get(file) ?? []) visit(target);
    path.pop();
    done.add(file);
  };
  for (const file of targets.keys()) visit(file);
  return cycles;
}

/** Judges the words of a file that only some layers may use; comments and strings may say what they like. */
export function judgeWords(file: string, text: string): string[] {
  const layer = layerOf(file);
  if (layer === undefined) return [];
  const code = codeOnly(text);
  return WORDS.flatMap(({ pattern, what, layers }) => {
    if (layers.includes(layer)) return [];
    const match = pattern.exec(code);
    if (!match) return [];
    const line = code.slice(0, match.index).split("\n").length;
    return [`${file}:${line} names ${what}: only ${layers.map((name) => `src/${name}`).join(" and ")} may`];
  });
}

/** Blanks comments and strings, and keeps the line numbers and what templates compute. */
function codeOnly(text: string): string {
  const token = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;
  const blank = (part: string) => part.replace(/[^\n]/g, " ");
  return text.replace(token, (part) => {
    if (!part.startsWith("`")) return blank(part);
    return part.split(/(\$\{[^{}]*\})/).map((piece, k) => k % 2 === 1 ? piece : blank(piece)).join("");
  });
}

/** All imports of the modules that the roots reach; the flags are those of `deno info`. */
export async function importGraph(roots: readonly string[], flags: readonly string[] = []): Promise<Edge[]> {
  const edges: Edge[] = [];
  // `deno info` takes one root, so a small module that imports all of them stands in.
  const entry = roots.map((root) => `import ${JSON.stringify(new URL(`../${root}`, import.meta.url).href)};`)
    .join("\n");
  const { code, stdout, output } = await run([
    DENO,
    "info",
    "--json",
    ...flags,
    `data:text/typescript,${encodeURIComponent(entry)}`,
  ]);
  if (code !== 0) throw new Error(`Cannot read the module graph: ${output}`);
  const { modules } = JSON.parse(stdout) as { modules: GraphModule[] };
  for (const { specifier, dependencies } of modules) {
    if (!specifier.startsWith("file:")) continue;
    for (const dependency of dependencies ?? []) {
      const target = dependency.code?.specifier ?? dependency.type?.specifier ?? dependency.specifier;
      edges.push({ from: relative(specifier), to: relative(target) });
    }
  }
  return edges;
}

function relative(specifier: string): string {
  const root = new URL("..", import.meta.url).href;
  return specifier.startsWith(root) ? decodeURIComponent(specifier.slice(root.length)) : specifier;
}

if (import.meta.main) {
  const problems = await checkLayers();
  for (const problem of problems) console.error(problem);
  Deno.exit(problems.length === 0 ? 0 : 1);
}
