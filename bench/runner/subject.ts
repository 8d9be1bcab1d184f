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
  readonly #stderr: StreamTail;

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
    this.#stderr = new StreamTail(this.#child.stderr);
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
        .#stderr.text()}`,
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
    // What the process itself started may hold its pipes open for longer.
    await this.#lines.cancel();
    await this.#stderr.cancel();
  }
}

/**
 * Starts subjects, has something done with them, and ends them whatever happens.
 *
 * @param versions takes what each subject says of its version
 */
export async function withSubjects<Found>(
  commands: readonly SubjectCommand[],
  versions: Record<string, string>,
  use: (subjects: readonly Subject[]) => Promise<Found>,
): Promise<Found> {
  const subjects: Subject[] = [];
  try {
    for (const command of commands) {
      const subject = new Subject(command);
      subjects.push(subject);
      versions[subject.subject] = String(await subject.call("version"));
    }
    return await use(subjects);
  } finally {
    await Promise.all(subjects.map((subject) => subject[Symbol.asyncDispose]()));
  }
}

/** Reads a stream to its end, so that the writer is never held up, and keeps what came last. */
class StreamTail {
  readonly #reader: ReadableStreamDefaultReader<string>;
  readonly #ended: Promise<void>;
  #text = "";

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#reader = stream.pipeThrough(new TextDecoderStream()).getReader();
    this.#ended = this.#read();
  }

  async #read(): Promise<void> {
    for (;;) {
      const { value, done } = await this.#reader.read();
      if (done) return;
      this.#text = (this.#text + value).slice(-2000);
    }
  }

  /** The last 2000 characters, once there are no more. */
  async text(): Promise<string> {
    await this.#ended;
    return this.#text;
  }

  cancel(): Promise<void> {
    return this.#reader.cancel();
  }
}
