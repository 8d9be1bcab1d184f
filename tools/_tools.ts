/**
 * Programs that some tests need and that may be absent: where they are and which version.
 *
 * @module
 */

/** Programs by the names that a test file's `// needs:` line uses. */
const TOOLS = {
  prometheus: { programs: ["prometheus"], probe: ["--version"], apt: "prometheus" },
  promtool: { programs: ["promtool"], probe: ["--version"], apt: "prometheus" },
  pushgateway: {
    programs: ["prometheus-pushgateway", "pushgateway"],
    probe: ["--version"],
    apt: "prometheus-pushgateway",
  },
  node_exporter: {
    programs: ["prometheus-node-exporter", "node_exporter"],
    probe: ["--version"],
    apt: "prometheus-node-exporter",
  },
  python3: { programs: ["python3"], probe: ["--version"], apt: "python3" },
  prometheus_client: {
    programs: ["python3"],
    probe: [
      "-c",
      "import prometheus_client, sys; print('prometheus_client under Python', sys.version.split()[0])",
    ],
    apt: "python3-prometheus-client",
  },
  chromium: {
    programs: ["chromium", "chromium-browser", "google-chrome"],
    probe: ["--version"],
    apt: "chromium",
  },
  nginx: { programs: ["nginx"], probe: ["-v"], apt: "nginx-light" },
  bun: { programs: ["bun"], probe: ["--version"], apt: undefined },
  node: { programs: ["node"], probe: ["--version"], apt: undefined },
  npx: { programs: ["npx"], probe: ["--version"], apt: undefined },
} as const;

/** Name of an optional tool. */
export type ToolName = keyof typeof TOOLS;

/** All optional tools. */
export const TOOL_NAMES = Object.keys(TOOLS) as readonly ToolName[];

/** What is known of a tool on this machine. */
export interface Tool {
  readonly name: ToolName;
  readonly found: boolean;
  /** Path of the program that answered; empty if none did. */
  readonly path: string;
  /** First line of what it said about its version. */
  readonly version: string;
  /** Debian package that brings it, if one does. */
  readonly apt: string | undefined;
}

const known = new Map<ToolName, Tool>();

/** Whether the name is that of a tool which this module knows. */
export function isToolName(name: string): name is ToolName {
  return Object.hasOwn(TOOLS, name);
}

/** Looks for a tool in every folder of the PATH, once; the first program that answers the probe is taken. */
export function findTool(name: ToolName): Tool {
  const before = known.get(name);
  if (before) return before;
  const { programs, probe, apt } = TOOLS[name];
  let tool: Tool = { name, found: false, path: "", version: "", apt };
  for (const path of candidates(programs)) {
    const version = ask(path, probe);
    if (version === undefined) continue;
    tool = { name, found: true, path, version, apt };
    break;
  }
  known.set(name, tool);
  return tool;
}

function candidates(programs: readonly string[]): string[] {
  const folders = (Deno.env.get("PATH") ?? "").split(":").filter((folder) => folder !== "");
  return programs.flatMap((program) => folders.map((folder) => `${folder}/${program}`)).filter(isFile);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function ask(path: string, probe: readonly string[]): string | undefined {
  try {
    const { success, stdout, stderr } = new Deno.Command(path, { args: [...probe], stdin: "null" })
      .outputSync();
    if (!success) return undefined;
    // Some programs say their version on standard error.
    const said = new TextDecoder().decode(stdout).trim() || new TextDecoder().decode(stderr).trim();
    return said.split("\n")[0];
  } catch {
    return undefined;
  }
}
