/**
 * The command line: `serve MODULE` serves a module of yours, `server` is the LLM server; `top`, `check` and `inspect`
 * look at servers that run. As a program: `deno run -A jsr:@promslab/promslab/cli server`.
 *
 * @module
 */
import { dashboardRoutes } from "../dashboard/handler.ts";
import { detectHost } from "../host/detect.ts";
import { environmentVariable, processId, programArguments, urlOfArgument } from "../host/program.ts";
import { AddressError } from "../host/types.ts";
import { LLM_SETTINGS } from "../llm/server/llm_settings.ts";
import { resolveLlmOptions } from "../llm/server/resolve_llm_options.ts";
import { type LlmServer, serveLlm } from "../llm/server/serve_llm.ts";
import type { Server } from "../server/running_server.ts";
import { resolveOptions } from "../server/options.ts";
import { serve } from "../server/serve.ts";
import { StartError } from "../server/start_error.ts";
import { CHECK } from "./check_command.ts";
import { type CommandLine, readCommandLine } from "./command_line.ts";
import { readConfigFile } from "./config_file.ts";
import { startDemoLoad } from "./demo_load.ts";
import { EXIT } from "./exit_codes.ts";
import { type GatheredOptions, gatherOptions } from "./gather_options.ts";
import { helpText } from "./help.ts";
import { INSPECT } from "./inspect_command.ts";
import { loadFiles } from "./load_files.ts";
import { configText } from "./print_config.ts";
import { SERVE_SETTINGS, type Setting, SETTINGS, variableOf } from "./settings.ts";
import { TOP } from "./top_command.ts";
import { runTool, type Tool } from "./tool_arguments.ts";
import { SettingError, TargetError, UsageError } from "./usage_error.ts";
import { versionText } from "./version_text.ts";

const USAGE = {
  serve: `Usage: promslab serve MODULE [FLAGS]

Serves a module that says "export default { fetch(request, context) }" with several workers on one port.`,
  server: `Usage: promslab server [FLAGS]

An OpenAI-compatible server with several workers and vLLM's metrics. It simulates: the engine's queue, batches, KV
cache and timing are modelled, its text is made up, and no model is run. With --upstream it forwards to real servers.`,
  demo: `Usage: promslab demo [FLAGS]

The server that "promslab server" starts, and some made-up requests to it, so that its dashboard has something to show.`,
} as const;

/** What each command can be told. */
const SETTINGS_OF: Readonly<Record<keyof typeof USAGE, readonly Setting[]>> = {
  serve: [...SETTINGS, ...SERVE_SETTINGS],
  server: [...SETTINGS, ...LLM_SETTINGS],
  demo: [...SETTINGS, ...LLM_SETTINGS],
};

type Command = keyof typeof USAGE;

/** The commands that look at servers; each has arguments and an exit code of its own. */
const TOOLS: Readonly<Record<string, Tool>> = { top: TOP, check: CHECK, inspect: INSPECT };

const TOOLS_USAGE = `Usage: promslab top [URL]         What a server does, in the terminal
       promslab check TARGET      What is wrong with metrics: a URL, a file or - for the standard input
       promslab inspect [URL]     What lies in the memory of a running server`;

/**
 * Runs the command line. Main thread only; it writes to standard output and standard error.
 *
 * @param args the arguments behind the program's name: a command, then its flags
 * @returns the exit code, when the program has nothing left to do: for a server after its drain
 *
 * @example What a program of yours can ask for
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { main } from "promslab/cli";
 *
 * assertEquals(await main(["--version"]), 0);
 * ```
 */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const [name, ...rest] = args;
    if (name === undefined || name === "--help" || name === "-h") {
      console.log(
        `${USAGE.serve}\n\n${USAGE.server}\n\n${USAGE.demo}\n\n${TOOLS_USAGE}\n\nEach command has a --help of its own; --version tells the version.`,
      );
      return name === undefined ? EXIT.usage : EXIT.ok;
    }
    if (name === "--version") {
      console.log(versionText());
      return EXIT.ok;
    }
    if (Object.hasOwn(TOOLS, name)) return await runTool(TOOLS[name], rest);
    if (!isCommand(name)) {
      throw new UsageError(`Unknown command "${name}": wanted serve, server, demo, top, check or inspect`);
    }
    return await run(name, readCommandLine(rest, SETTINGS_OF[name]));
  } catch (error) {
    if (error instanceof UsageError || error instanceof SettingError || error instanceof TargetError) {
      return complain(error, EXIT.usage);
    }
    if (error instanceof StartError || isPermissionError(error)) return complain(error, EXIT.failed);
    throw error;
  }
}

function isCommand(name: string): name is Command {
  return Object.hasOwn(USAGE, name);
}

async function run(command: Command, line: CommandLine): Promise<number> {
  if (line.values.get("help") === true) {
    console.log(helpText(USAGE[command], SETTINGS_OF[command]));
    return EXIT.ok;
  }
  if (line.values.get("version") === true) {
    console.log(versionText());
    return EXIT.ok;
  }
  const module = moduleOf(command, line.positionals);
  const settings = SETTINGS_OF[command];
  const gathered = gatherOptions(settings, {
    line,
    variable: environmentVariable,
    file: await configFile(line),
  });
  const loaded = await loadFiles(settings, gathered);
  if (line.values.get("print-config") === true) {
    const resolved = named(loaded, settings, () => {
      if (module === undefined) resolveLlmOptions(loaded.options);
      return resolveServeOptions(loaded.options, module);
    });
    console.log(configText(settings, gathered, await resolved));
    return EXIT.ok;
  }
  const server = await named(loaded, settings, () => start(loaded, module));
  const workers = `${server.workers} ${server.workers === 1 ? "worker" : "workers"}`;
  if ("description" in server) console.log(`promslab ${server.description}`);
  const ready = `promslab ready: ${server.url} (${workers}), metrics ${server.adminUrl}/metrics`;
  // WHY: in one write, because who waits for the first line may stop reading after it.
  const dashboard = server.adminUrl === undefined ? "" : `\npromslab dashboard: ${server.adminUrl}/`;
  console.log(`${ready}${dashboard}\npromslab process: ${processId()}`);
  const load = command === "demo" ? startDemoLoad(server.url) : undefined;
  await server.finished;
  load?.stop();
  return EXIT.ok;
}

/** The module to serve; undefined for the LLM server, which has its own. */
function moduleOf(command: Command, positionals: readonly string[]): URL | undefined {
  if (command !== "serve") {
    if (positionals.length > 0) {
      throw new UsageError(`Unknown argument "${positionals[0]}": ${command} takes flags only`);
    }
    return undefined;
  }
  if (positionals.length === 0) throw new UsageError("Missing argument: serve wants the module to serve");
  if (positionals.length > 1) {
    throw new UsageError(`Unknown argument "${positionals[1]}": serve takes one module`);
  }
  return urlOfArgument(positionals[0]);
}

async function configFile(line: CommandLine) {
  const path = line.values.get("config") ?? environmentVariable(variableOf("config"));
  // A variable that is empty is not set, as everywhere.
  return typeof path === "string" && (path !== "" || line.values.has("config"))
    ? { path, values: await readConfigFile(path) }
    : undefined;
}

function start({ options }: GatheredOptions, module: URL | undefined): Promise<Server | LlmServer> {
  const all = { ...options, adminRoutes: dashboardRoutes() };
  return module === undefined ? serveLlm(all) : serve({ ...all, handler: module });
}

/** The server's options with their defaults. */
function resolveServeOptions(
  options: GatheredOptions["options"],
  module: URL | undefined,
): Readonly<Record<string, unknown>> {
  const resolved = resolveOptions({ ...options, handler: module ?? import.meta.url }, detectHost());
  return {
    ...resolved,
    ...resolved.requestLimits,
    ...resolved.connectionLimits,
    accessLog: options.accessLog ?? false,
  };
}

/** Runs a function; an option that it refuses is named as the person wrote it. */
async function named<T>(
  { names }: GatheredOptions,
  settings: readonly Setting[],
  run: () => T | Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof StartError) || error.option === undefined) throw error;
    const { name, value, wanted } = error.option;
    if (error.cause instanceof AddressError) {
      const flag = settings.find(({ option }) => option === name)?.flag;
      // WHY: no mistake of who wrote it; the same command may do at another time.
      const message = `${error.cause.message}; ${names.get(name) ?? `--${flag}`} chooses another`;
      throw new StartError(error.code, message, { cause: error.cause });
    }
    throw new SettingError(`Cannot use ${names.get(name) ?? name} "${value}": wanted ${wanted}`);
  }
}

/** Whether Deno was run with fewer permissions than are needed; its message names the one that is missing. */
function isPermissionError(error: unknown): error is Error {
  return error instanceof Error && error.name === "NotCapable";
}

function complain(error: Error, code: number): number {
  console.error(`promslab: ${error.message}`);
  return code;
}

if (import.meta.main) detectHost().exit(await main(programArguments()));
