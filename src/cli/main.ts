/**
 * The command line: `serve MODULE` serves a module of yours, `server` is the LLM server.
 *
 * @module
 */
import { detectHost } from "../host/detect.ts";
import { environmentVariable, programArguments, urlOfArgument } from "../host/program.ts";
import { LLM_SETTINGS } from "../llm/server/llm_settings.ts";
import { type LlmServer, serveLlm } from "../llm/server/serve_llm.ts";
import type { Server } from "../server/running_server.ts";
import { serve } from "../server/serve.ts";
import { StartError } from "../server/start_error.ts";
import { type CommandLine, readCommandLine } from "./command_line.ts";
import { readConfigFile } from "./config_file.ts";
import { type GatheredOptions, gatherOptions } from "./gather_options.ts";
import { helpText } from "./help.ts";
import { type Setting, SETTINGS, variableOf } from "./settings.ts";
import { SettingError, UsageError } from "./usage_error.ts";

const USAGE = {
  serve: `Usage: promslab serve MODULE [FLAGS]

Serves a module that says "export default { fetch(request, context) }" with several workers on one port.`,
  server: `Usage: promslab server [FLAGS]

An OpenAI-compatible server with several workers and vLLM's metrics. It simulates: the engine's queue, batches, KV
cache and timing are modelled, its text is made up, and no model is run. With --upstream it forwards to real servers.`,
} as const;

/** What each command can be told. */
const SETTINGS_OF: Readonly<Record<keyof typeof USAGE, readonly Setting[]>> = {
  serve: SETTINGS,
  server: [...SETTINGS, ...LLM_SETTINGS],
};

type Command = keyof typeof USAGE;

/** Runs the command line. Resolves with the exit code when the program has nothing left to do. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const [name, ...rest] = args;
    if (name === undefined || name === "--help" || name === "-h") {
      console.log(`${USAGE.serve}\n\n${USAGE.server}\n\nEach command has a --help of its own.`);
      return name === undefined ? 2 : 0;
    }
    if (name !== "serve" && name !== "server") {
      throw new UsageError(`Unknown command "${name}": wanted serve or server`);
    }
    return await run(name, readCommandLine(rest, SETTINGS_OF[name]));
  } catch (error) {
    if (error instanceof UsageError) return complain(error, 2);
    if (error instanceof SettingError || error instanceof StartError) return complain(error, 1);
    throw error;
  }
}

async function run(command: Command, line: CommandLine): Promise<number> {
  if (line.values.get("help") === true) {
    console.log(helpText(USAGE[command], SETTINGS_OF[command]));
    return 0;
  }
  const module = moduleOf(command, line.positionals);
  const gathered = gatherOptions(SETTINGS_OF[command], {
    line,
    variable: environmentVariable,
    file: await configFile(line),
  });
  const server = await start(gathered, module);
  const workers = `${server.workers} ${server.workers === 1 ? "worker" : "workers"}`;
  if ("description" in server) console.log(`promslab ${server.description}`);
  console.log(`promslab ready: ${server.url} (${workers}), metrics ${server.adminUrl}/metrics`);
  await server.finished;
  return 0;
}

/** The module to serve; undefined for the LLM server, which has its own. */
function moduleOf(command: Command, positionals: readonly string[]): URL | undefined {
  if (command === "server") {
    if (positionals.length > 0) {
      throw new UsageError(`Unknown argument "${positionals[0]}": server takes flags only`);
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
  return typeof path === "string" ? { path, values: await readConfigFile(path) } : undefined;
}

/** Starts the server; an option that it refuses is named as the person wrote it. */
async function start(
  { options, names }: GatheredOptions,
  module: URL | undefined,
): Promise<Server | LlmServer> {
  try {
    return module === undefined ? await serveLlm(options) : await serve({ ...options, handler: module });
  } catch (error) {
    if (!(error instanceof StartError) || error.option === undefined) throw error;
    const { name, value, wanted } = error.option;
    throw new SettingError(`Cannot use ${names.get(name) ?? name} "${value}": wanted ${wanted}`);
  }
}

function complain(error: Error, code: number): number {
  console.error(`promslab: ${error.message}`);
  return code;
}

if (import.meta.main) detectHost().exit(await main(programArguments()));
