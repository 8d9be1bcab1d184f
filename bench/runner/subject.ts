/**
 * A process that does the work which is measured, seen from the runner.
 *
 * @module
 */
import { TextLineStream } from "./text_lines.ts";
import { formatCall, parseAnswer } from "./calls_line.ts";

/** How to start a subject. */
export interface SubjectCommand {
  /** Shown in reports: the library. */
  readonly subject: string;
  /** Shown in reports: what it runs on. */
  readonly runtime: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A running subject. One call at a time. */
export class Subject implements AsyncDisposable {
  readonly subject: string;
  readonly runtime: string;
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #stderr: Promise<string>;

  constructor({ subject, runtime, command, env }: SubjectCommand) {
    this.subject = subject;
    this.runtime = runtime;
    const [program, ...args] = command;
    this.#child = new Deno.Command(program, {
      args,
      env,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    })
      .spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream())
      .getReader();
    this.#stderr = tail(this.#child.stderr);
  }

  /** The process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /**
   * Asks the subject for something.
   *
   * @throws {Error} If it answers with an error, or ends, with the last lines that it wrote.
   */
  async call(...words: (string | number)[]): Promise<unknown> {
    await this.#writer.write(new TextEncoder().encode(formatCall(words))).catch(
      () => {},
    );
    const { value, done } = await this.#lines.read();
    if (!done) return parseAnswer(value);
    throw new Error(
      `Cannot go on with ${this.subject} on ${this.runtime}: the process has ended.\n${await this
        .#stderr}`,
    );
  }

  /** Asks for a number. */
  async number(...words: (string | number)[]): Promise<number> {
    const value = await this.call(...words);
    if (typeof value === "number") return value;
    throw new TypeError(
      `Cannot use the answer of "${words.join(" ")}": ${JSON.stringify(value)} is no number`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close().catch(() => {});
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 5000);
    await this.#child.status;
    clearTimeout(timer);
    await this.#lines.cancel();
    await this.#stderr;
  }
}

/** The last 2000 characters of a stream. */
async function tail(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<string> {
  let text = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    text = (text + chunk).slice(-2000);
  }
  return text;
}
