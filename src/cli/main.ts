/**
 * The command line: `serve MODULE` serves a module of yours, `server` the example application.
 *
 * @module
 */
import { detectHost } from "../host/detect.ts";
import { environmentVariable, programArguments, urlOfArgument } from "../host/program.ts";
import type { ServeOptions } from "../server/options.ts";
import { serve } from "../server/serve.ts";
import { StartError } from "../server/start_error.ts";
import { type CommandLine, readCommandLine } from "./command_line.ts";
import { readConfigFile } from "./config_file.ts";
import { type GatheredOptions, gatherOptions } from "./gather_options.ts";
import { helpText } from "./help.ts";
import { SETTINGS, variableOf } from "./settings.ts";
import { SettingError, UsageError } from "./usage_error.ts";

const EXAMPLE = new URL("../../examples/app.ts", import.meta.url);

const USAGE = {
  serve: `Usage: promslab serve MODULE [FLAGS]

Serves a module that says "export default { fetch(request, context) }" with several workers on one port.`,
  server: `Usage: promslab server [FLAGS]

Serves the example application with several workers on one port.`,
} as const;

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
    return await run(name, readCommandLine(rest, SETTINGS));
  } catch (error) {
    if (error instanceof UsageError) return complain(error, 2);
    if (error instanceof SettingError || error instanceof StartError) return complain(error, 1);
    throw error;
  }
}

async function run(command: Command, line: CommandLine): Promise<number> {
  if (line.values.get("help") === true) {
    console.log(helpText(USAGE[command], SETTINGS));
    return 0;
  }
  const handler = handlerOf(command, line.positionals);
  const gathered = gatherOptions(SETTINGS, {
    line,
    variable: environmentVariable,
    file: await configFile(line),
  });
  const server = await start({ ...gathered.options, handler }, gathered);
  const workers = `${server.workers} ${server.workers === 1 ? "worker" : "workers"}`;
  console.log(`promslab ready: ${server.url} (${workers}), metrics ${server.adminUrl}/metrics`);
  await server.finished;
  return 0;
}

function handlerOf(command: Command, positionals: readonly string[]): URL {
  if (command === "server") {
    if (positionals.length > 0) {
      throw new UsageError(`Unknown argument "${positionals[0]}": server takes flags only`);
    }
    return EXAMPLE;
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
async function start(options: ServeOptions, { names }: GatheredOptions) {
  try {
    return await serve(options);
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
