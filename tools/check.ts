/**
 * What must hold before every commit: format, lint, types, doc lint, layer rules, layout
 * diagrams, generated files, tidiness and whether the package could be published, all at once.
 * Prints one line per step, and what a failed step said.
 *
 * @module
 */
import { checkDocs } from "./check_docs.ts";
import { checkLayers } from "./check_layers.ts";
import { checkDashboard } from "./dashboard.ts";
import { checkGenerated } from "./generate.ts";
import { checkLayouts } from "./layouts.ts";
import { DENO, filesUnder, ROOT, run } from "./_run.ts";

/** What a step found; an empty text means that all is well. */
interface Step {
  readonly name: string;
  readonly cure?: string;
  work(): Promise<string>;
}

/**
 * Sources by the import map that they are checked with. The tests' map has all that the sources may import, so both are
 * checked in one go, which reads the sources only once.
 */
const ROOTS = {
  "types": {
    folders: ["src", "workers", "tools", "links", "examples", "tests"],
    importMap: "tests/import_map.json",
  },
  "types of benches": { folders: ["bench"], importMap: "bench/deno.json" },
} as const;

/** What runs in a browser is checked with the types of one. */
const PAGE = "src/dashboard/page/";

const steps: Step[] = [
  { name: "format", cure: "deno fmt", work: () => quiet([DENO, "fmt", "--check"]) },
  { name: "lint", work: () => quiet([DENO, "lint"]) },
  ...typeSteps(),
  { name: "layers", work: async () => (await checkLayers()).join("\n") },
  { name: "docs", work: () => quiet([DENO, "doc", "--lint", "--quiet", ...entryPoints()]) },
  { name: "docstrings", work: async () => (await checkDocs()).join("\n") },
  {
    name: "tidy",
    work: () => quiet([DENO, "test", "--allow-all", "--no-check", "--quiet", "tests/unit/tidy_test.ts"]),
  },
  { name: "publish", work: () => quiet([DENO, "publish", "--dry-run", "--allow-dirty", "--quiet"]) },
  {
    name: "generated",
    cure: "deno task generate",
    work: async () => (await checkGenerated()).join("\n"),
  },
  {
    name: "types of the page",
    work: () => quiet([DENO, "check", "--quiet", "--config", `${PAGE}deno.json`, `${PAGE}main.ts`]),
  },
  {
    name: "dashboard",
    cure: "deno task dashboard",
    work: async () => (await checkDashboard()).join("\n"),
  },
  { name: "layouts", cure: "deno task layouts", work: async () => (await checkLayouts()).join("\n") },
];

function typeSteps(): Step[] {
  return Object.entries(ROOTS).map(([name, { folders, importMap }]) => {
    const files = folders.flatMap((folder) => filesUnder(folder, ".ts")).filter((file) =>
      !file.startsWith(PAGE)
    );
    return {
      name,
      work: () => quiet([DENO, "check", "--quiet", "--import-map", importMap, ...files, "mod.ts"]),
    };
  });
}

/** The files that users of the package import. */
function entryPoints(): string[] {
  const { exports } = JSON.parse(Deno.readTextFileSync(`${ROOT}/deno.json`)) as {
    exports: Record<string, string>;
  };
  return Object.values(exports);
}

/** Runs a command; its output is of interest only if it fails. */
async function quiet(command: string[]): Promise<string> {
  const { code, output } = await run(command);
  return code === 0 ? "" : output.trim() || `exit code ${code}`;
}

const startMs = performance.now();
let failures = 0;
await Promise.all(steps.map(async (step) => {
  const stepStartMs = performance.now();
  const problems = await step.work().catch(String);
  const seconds = ((performance.now() - stepStartMs) / 1000).toFixed(1);
  if (problems === "") {
    console.log(`ok      ${step.name} (${seconds} s)`);
    return;
  }
  failures++;
  console.log(`FAILED  ${step.name} (${seconds} s)${step.cure ? `, cure: ${step.cure}` : ""}`);
  console.log(problems.replace(/^/gm, "        "));
}));
const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
console.log(
  failures === 0 ? `check: all well in ${seconds} s` : `check: ${failures} of ${steps.length} steps failed`,
);
Deno.exit(failures === 0 ? 0 : 1);
