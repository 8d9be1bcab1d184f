/**
 * Child processes of the tools: run one to its end, keep what it printed.
 *
 * @module
 */

/** How a child process ended. */
export interface RunResult {
  /** Exit code; 124 if the time limit ended it, 127 if the program was not found. */
  readonly code: number;
  /** Standard output alone, for a machine to read. */
  readonly stdout: string;
  /** Standard output and standard error, in this order, without colours. */
  readonly output: string;
  /** From the start to the end. */
  readonly seconds: number;
  /** Whether the time limit ended it. */
  readonly timedOut: boolean;
}

/** What may be said besides the command itself. */
export interface RunOptions {
  /** Working directory; the repository's root if left out. */
  readonly cwd?: string;
  /** Variables added to this process's environment. */
  readonly env?: Record<string, string>;
  /** The child is killed after this many seconds; never if left out. */
  readonly limitSeconds?: number;
}

/** The repository's root directory, without a trailing slash. */
export const ROOT: string = decodeURIComponent(new URL("..", import.meta.url).pathname).replace(/\/$/, "");

/** The Deno that runs this process: tools start others with it, so that none needs to be on the PATH. */
export const DENO: string = Deno.execPath();

/** Runs a command to its end. Never rejects: a program that does not exist gives exit code 127. */
export async function run(command: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const [program, ...args] = command;
  const startMs = performance.now();
  let timedOut = false;
  try {
    const child = new Deno.Command(program, {
      args,
      cwd: options.cwd ?? ROOT,
      env: { NO_COLOR: "1", ...options.env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const timer = options.limitSeconds === undefined ? undefined : setTimeout(() => {
      timedOut = true;
      child.kill("SIGKILL");
    }, options.limitSeconds * 1000);
    const { code, stdout, stderr } = await child.output();
    clearTimeout(timer);
    const text = new TextDecoder().decode(stdout);
    const output = text + new TextDecoder().decode(stderr);
    return { code: timedOut ? 124 : code, stdout: text, output, seconds: secondsSince(startMs), timedOut };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return {
      code: 127,
      stdout: "",
      output: `${program}: not found\n`,
      seconds: secondsSince(startMs),
      timedOut,
    };
  }
}

/** Whether a file or folder of the repository exists; the path is relative to the root. */
export function exists(path: string): boolean {
  try {
    Deno.statSync(`${ROOT}/${path}`);
    return true;
  } catch {
    return false;
  }
}

/** All files below a folder of the repository whose names end so, sorted, relative to the root; none if it is absent. */
export function filesUnder(folder: string, suffix: string): string[] {
  if (!exists(folder)) return [];
  const found: string[] = [];
  for (const entry of Deno.readDirSync(`${ROOT}/${folder}`)) {
    const path = folder === "." ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory && !entry.name.startsWith(".") && entry.name !== "node_modules") {
      found.push(...filesUnder(path, suffix));
    } else if (entry.isFile && entry.name.endsWith(suffix)) {
      found.push(path);
    }
  }
  return found.sort();
}

function secondsSince(startMs: number): number {
  return (performance.now() - startMs) / 1000;
}
