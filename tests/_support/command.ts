/**
 * A real command in a process of its own: started, waited for until it is ready, ended by its pid.
 *
 * @module
 */
import { waitFor } from "./wait_for.ts";

/** The repository's root directory. */
export const ROOT: URL = new URL("../../", import.meta.url);

/** How a command is started. */
export interface CommandOptions {
  /** Program and arguments; the first one may be `deno`, which means the Deno that runs the tests. */
  readonly command: readonly string[];
  /** What the line on standard output looks like by which the command says that it is ready. Without it: do not wait. */
  readonly ready?: RegExp;
  /** Milliseconds until it must be ready, or over. Default 90 000: a busy machine is no defect. */
  readonly deadlineMs?: number;
  /** Variables added to the environment. */
  readonly env?: Record<string, string>;
  /** Working directory; the repository's root if left out. */
  readonly cwd?: string | URL;
}

/** How a command ended. */
export interface Ending {
  readonly code: number;
  readonly signal: string | null;
}

/** A running command. Made with `await using`, it is killed at the end of the block at the latest. */
export class RunningCommand implements AsyncDisposable {
  readonly pid: number;
  /** Resolves when the process and its output have ended. */
  readonly ended: Promise<Ending>;
  /** The ready line's match. */
  ready: RegExpExecArray | undefined;
  readonly #child: Deno.ChildProcess;
  #stdout = "";
  #stderr = "";
  #ending: Ending | undefined;

  constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.pid = child.pid;
    const out = collect(child.stdout, (text) => this.#stdout += text);
    const err = collect(child.stderr, (text) => this.#stderr += text);
    this.ended = Promise.all([child.status, out, err]).then(([{ code, signal }]) =>
      this.#ending = { code, signal }
    );
  }

  /** All that it has printed to standard output so far. */
  get stdout(): string {
    return this.#stdout;
  }

  /** All that it has printed to standard error so far. */
  get stderr(): string {
    return this.#stderr;
  }

  /** How it ended, or undefined while it runs. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  /**
   * Kills the process and all that it has started: a task runner that is killed alone would leave its command behind,
   * which would hold on to the ports.
   */
  killAll(): void {
    if (this.#ending === undefined) killTree(this.pid);
  }

  /** Sends a signal to the process; one that has ended is left alone. */
  kill(signal: Deno.Signal = "SIGTERM"): void {
    try {
      this.#child.kill(signal);
    } catch (error) {
      // The process may end between a look at it and the signal.
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  /**
   * Sends a signal, waits for the end, and gives it.
   *
   * @throws {Error} If the process is still there after the deadline; it is killed then
   */
  async stop(signal: Deno.Signal = "SIGTERM", deadlineMs = 30_000): Promise<Ending> {
    this.kill(signal);
    try {
      return await waitFor(() => this.#ending, {
        what: `the end of process ${this.pid} after ${signal}`,
        deadlineMs,
      });
    } catch (error) {
      this.killAll();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.killAll();
    // WHY a deadline: whoever holds on to its output would have the test wait for ever.
    await waitFor(() => this.#ending, {
      what: `the end of process ${this.pid} and of its output`,
      deadlineMs: 30_000,
    });
  }
}

/**
 * Starts a command and waits until it is ready.
 *
 * @throws {Error} If it ends before, or is not ready in time; the message has what it printed
 */
export async function startCommand(options: CommandOptions): Promise<RunningCommand> {
  const { ready, deadlineMs = 90_000 } = options;
  const [program, ...args] = options.command;
  const child = new Deno.Command(program === "deno" ? Deno.execPath() : program, {
    args,
    cwd: options.cwd ?? ROOT,
    env: { NO_COLOR: "1", ...options.env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const running = new RunningCommand(child);
  if (ready === undefined) return running;
  const what = `the ready line of ${options.command.join(" ")}`;
  try {
    await waitFor(() => {
      running.ready = new RegExp(ready.source, ready.flags.replace("g", "")).exec(running.stdout) ??
        undefined;
      return running.ready !== undefined || running.ending !== undefined;
    }, { what, deadlineMs });
    if (running.ready === undefined) {
      throw new Error(`Cannot wait for ${what}: it ended with ${running.ending?.code}`);
    }
    return running;
  } catch (error) {
    running.killAll();
    await running.ended;
    throw new Error(`${(error as Error).message}\nstdout: ${running.stdout}\nstderr: ${running.stderr}`);
  }
}

/** Runs a command to its end and gives what it printed. */
export async function runCommand(
  options: CommandOptions,
): Promise<Ending & { stdout: string; stderr: string }> {
  const running = await startCommand({ ...options, ready: undefined });
  const timer = setTimeout(() => running.killAll(), options.deadlineMs ?? 90_000);
  const ending = await running.ended;
  clearTimeout(timer);
  return { ...ending, stdout: running.stdout, stderr: running.stderr };
}

async function collect(stream: ReadableStream<Uint8Array>, take: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of stream) take(decoder.decode(chunk, { stream: true }));
}

/**
 * Kills a process and those that it has started, from the top: one that still ran would start another in the place of a
 * child that is killed, as nginx does with its workers.
 */
function killTree(pid: number): void {
  signalTo(pid, "SIGSTOP");
  const children = childrenOf(pid);
  signalTo(pid, "SIGKILL");
  children.forEach(killTree);
}

/** The processes that a process has started, as Linux tells; none elsewhere. */
function childrenOf(pid: number): number[] {
  try {
    const threads = [...Deno.readDirSync(`/proc/${pid}/task`)].map(({ name }) => name);
    return threads.flatMap((thread) =>
      Deno.readTextFileSync(`/proc/${pid}/task/${thread}/children`).split(" ").filter(Boolean).map(Number)
    );
  } catch {
    return [];
  }
}

function signalTo(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
