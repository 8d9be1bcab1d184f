/**
 * The kinds of tests: which folder, which runner, which flags, how long at most, and what must be installed.
 *
 * @module
 */
import { DENO, exists, filesUnder, ROOT } from "./_run.ts";
import { findTool, isToolName } from "./_tools.ts";

/** One run of one test runner. */
export interface Suite {
  readonly kind: string;
  /** Shown in the summary: the kind, and the runtime where it is not Deno. */
  readonly name: string;
  /** The run is ended after this many seconds: a guard against a hang, not a target. */
  readonly limitSeconds: number;
  /** Why it cannot run here, if so. */
  readonly missing?: string;
  /** The command that runs it and writes a JUnit report. */
  command(reportPath: string, flags: readonly string[]): string[];
}

interface Kind {
  readonly limitSeconds: number;
  /** Whether the files may run at the same time: not where timing matters. */
  readonly parallel?: boolean;
  /** What to run the examples of, in Markdown and docstrings, instead of the files of a folder. */
  readonly documentation?: readonly string[];
  /** Whether the files are written over `node:test` and run under Bun and Node too. */
  readonly everyRuntime?: boolean;
}

const TABLE: Readonly<Record<string, Kind>> = {
  unit: { limitSeconds: 300, parallel: true },
  doc: { limitSeconds: 300, parallel: true, documentation: ["README.md", "docs", "mod.ts", "src"] },
  property: { limitSeconds: 600, parallel: true },
  litmus: { limitSeconds: 3600, everyRuntime: true },
  stress: { limitSeconds: 900 },
  fault: { limitSeconds: 900 },
  conformance: { limitSeconds: 900, parallel: true },
  e2e: { limitSeconds: 4200 },
  runtime: { limitSeconds: 300, everyRuntime: true },
};

/** Versions that npx fetches where the runtime is not installed, or too old to run TypeScript. */
const BUN_PACKAGE = "bun@1.4.5";
const NODE_PACKAGE = "node@24.9.0";

/** The kinds in the order in which they run. */
export const KINDS: readonly string[] = Object.keys(TABLE);

/** The suites of a kind: none if its folder has no test. */
export async function suitesOf(kind: string): Promise<Suite[]> {
  const { limitSeconds, parallel, documentation, everyRuntime } = TABLE[kind];
  if (documentation !== undefined) {
    const command = (report: string, flags: readonly string[]) =>
      denoTest(documentation.filter(exists), report, ["--doc", "--permit-no-files", "--parallel", ...flags]);
    return [{ kind, name: kind, limitSeconds, command }];
  }
  const ready: string[] = [];
  const suites: Suite[] = [];
  for (const file of filesUnder(`tests/${kind}`, "_test.ts")) {
    const missing = missingTools(await Deno.readTextFile(`${ROOT}/${file}`));
    if (missing.length === 0) ready.push(file);
    else {suites.push({
        kind,
        name: kind,
        limitSeconds,
        missing: `${file} needs ${missing.join(", ")}`,
        command: () => [],
      });}
  }
  if (ready.length === 0) return suites;
  suites.unshift({
    kind,
    name: kind,
    limitSeconds,
    command: (report, flags) => denoTest(ready, report, [...(parallel ? ["--parallel"] : []), ...flags]),
  });
  if (everyRuntime) {
    suites.push({ kind, name: `${kind} (Bun)`, limitSeconds, ...bunTest(ready, limitSeconds) });
    suites.push({ kind, name: `${kind} (Node)`, limitSeconds, ...nodeTest(ready) });
  }
  return suites;
}

/** The tools that a test file asks for in a line `// needs: promtool, chromium` and that are not there. */
export function missingTools(source: string): string[] {
  const line = /^\/\/ needs: (.+)$/m.exec(source)?.[1] ?? "";
  const names = line.split(",").map((name) => name.trim()).filter((name) => name !== "");
  return names.filter((name) => {
    if (!isToolName(name)) {
      throw new Error(`Cannot look for "${name}": tools/_tools.ts does not know this tool`);
    }
    return !findTool(name).found;
  });
}

function denoTest(files: readonly string[], report: string, flags: readonly string[]): string[] {
  const common = [
    "--allow-all",
    "--no-check",
    "--import-map",
    "tests/import_map.json",
    "--junit-path",
    report,
  ];
  return [DENO, "test", ...common, ...flags, ...files];
}

type Runner = Pick<Suite, "missing" | "command">;

function bunTest(files: readonly string[], limitSeconds: number): Runner {
  const bun = programFor("bun", BUN_PACKAGE, () => true);
  return {
    missing: bun.missing,
    command: (report) => [
      ...bun.command,
      "test",
      // WHY: else it ends each test after 5 s, which takes longer on a busy machine; the suite's limit is the guard.
      `--timeout=${limitSeconds * 1000}`,
      "--reporter=junit",
      `--reporter-outfile=${report}`,
      ...files.map((file) => `./${file}`),
    ],
  };
}

function nodeTest(files: readonly string[]): Runner {
  const node = programFor("node", NODE_PACKAGE, runsTypeScript);
  return {
    missing: node.missing,
    command: (report) => [
      ...node.command,
      "--import",
      "./tests/runtime/_links.ts",
      "--test",
      "--test-reporter=spec",
      "--test-reporter-destination=stdout",
      "--test-reporter=junit",
      `--test-reporter-destination=${report}`,
      ...files,
    ],
  };
}

/** The installed program if it will do, or else the package of that version through npx. */
function programFor(
  name: "bun" | "node",
  npmPackage: string,
  willDo: (version: string) => boolean,
): { command: string[]; missing?: string } {
  const installed = findTool(name);
  if (installed.found && willDo(installed.version)) return { command: [installed.path] };
  const npx = findTool("npx");
  if (!npx.found) return { command: [], missing: `neither ${name} nor npx found` };
  return { command: [npx.path, "-y", npmPackage] };
}

/** Node strips types by itself from 22.18 and 23.6 on. */
function runsTypeScript(version: string): boolean {
  const [major, minor] = version.replace(/^v/, "").split(".").map(Number);
  return major >= 24 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18);
}
