/**
 * A page of the guide as a person follows it: files are written, commands run, outputs compared.
 *
 * The word behind a block's language says what it is: `file=NAME` is written, `sh run` runs to its end (`exit=CODE` if that
 * is not 0), `sh start` goes on in the background in place of what was started before (`also`: beside it) until
 * `ready=PATH` or `ready=:PORT/PATH` answers. `text output` is what the command before printed: all of it, with `contains`
 * a part, with `varies` all of it but for numbers and the room that they take. `retry` repeats a block until its output is
 * there, `needs=TOOL` names a program without which the page cannot be followed. `promtool=config` and `promtool=targets` are files that Prometheus'
 * own tool has nothing against. `promslab` is the command line, as in the guide.
 *
 * @module
 */
import { findTool, isToolName } from "../../tools/_tools.ts";
import { READY } from "./app_server.ts";
import { ROOT, runCommand, type RunningCommand, startCommand } from "./command.ts";
import { freePort } from "./free_port.ts";
import { waitFor } from "./wait_for.ts";

/** What a clone has that commands of the guide need. */
const CLONE = [
  "deno.json",
  "package.json",
  "mod.ts",
  "src",
  "workers",
  "links",
  "examples",
];

/** Ports that pages and configurations of examples name, each replaced by a free one. */
const PORTS = ["8000", "8001", "8080", "9464", "9090"];
/** Files of the clone that name them. */
const CONFIGURATIONS = ["examples/llm/nginx.conf", "examples/llm/prometheus.yml"];

/** A code block. */
export interface Block {
  readonly language: string;
  readonly words: readonly string[];
  readonly text: string;
  readonly line: number;
}

/** The code blocks of a Markdown text. */
export function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(\w*) ?(.*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    language: match[1],
    words: match[2].split(" ").filter((word) => word !== ""),
    text: match[3],
    line: markdown.slice(0, match.index).split("\n").length,
  }));
}

/** The programs that blocks of a page need and that are not here. */
export function missingTools(blocks: readonly Block[]): string[] {
  const needed = new Set(
    blocks.map(({ words }) => valueOf(words, "needs")).filter((name) => name !== undefined),
  );
  return [...needed].filter((name) => !isToolName(name) || !findTool(name).found);
}

/** Follows a page. @throws {Error} If a command fails or prints something else; the message has page and line */
export async function followPage(page: string): Promise<number> {
  const markdown = await Deno.readTextFile(new URL(page, ROOT));
  const folder = await Deno.makeTempDir({ prefix: "promslab_guide_" });
  const reader = new Reader(folder);
  try {
    for (const name of CLONE) await runCommand({ command: ["cp", "-r", `${ROOT.pathname}${name}`, folder] });
    await reader.setUp();
    const blocks = blocksOf(markdown);
    for (const [i, block] of blocks.entries()) {
      const output = blocks[i + 1]?.words[0] === "output" ? blocks[i + 1] : undefined;
      await reader.follow(block, output).catch((error: Error) => {
        throw new Error(`${page}:${block.line}: ${error.message}`);
      });
    }
    return reader.commandCount;
  } finally {
    await reader.end();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Who follows the page: a folder, ports, and what runs in the background. */
class Reader {
  commandCount = 0;
  readonly #folder: string;
  /** Ports, and processes that the page shows, with what they are here. */
  readonly #numbers: Map<string, string> = new Map(PORTS.map((port) => [port, String(freePort())]));
  readonly #background: RunningCommand[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Sets the reader's ports in the clone's configurations, keeps what they write in the folder, and makes the command
   * `promslab`.
   */
  async setUp(): Promise<void> {
    await Deno.mkdir(`${this.#folder}/bin`);
    const script = `#!/bin/sh\nexec deno run -A "${this.#folder}/src/cli/main.ts" "$@"\n`;
    await Deno.writeTextFile(`${this.#folder}/bin/promslab`, script, { mode: 0o755 });
    for (const name of CONFIGURATIONS) {
      const path = `${this.#folder}/${name}`;
      const text = this.#withNumbers(await Deno.readTextFile(path));
      await Deno.writeTextFile(path, text.replaceAll("/tmp/", `${this.#folder}/`));
    }
  }

  async follow(block: Block, output: Block | undefined): Promise<void> {
    const { language, words } = block;
    const text = this.#withNumbers(block.text);
    const file = valueOf(words, "file");
    const promtool = valueOf(words, "promtool");
    if (promtool !== undefined) await this.#checkByPromtool(promtool, text);
    if (file !== undefined) return await Deno.writeTextFile(`${this.#folder}/${file}`, text);
    if (language !== "sh") return;
    if (words[0] === "start") return await this.#start(text, words, output);
    if (words[0] !== "run") return;
    const attempt = async () =>
      missingFrom(await this.#run(text, Number(valueOf(words, "exit") ?? 0)), this.#wanted(output));
    const deadlineMs = performance.now() + (words.includes("retry") ? 30_000 : 0);
    for (;;) {
      const problem = await attempt().catch((error: Error) => error.message);
      if (problem === "") return;
      if (performance.now() > deadlineMs) throw new Error(problem);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  async end(): Promise<void> {
    for (const command of this.#background.splice(0)) await command[Symbol.asyncDispose]();
  }

  async #run(script: string, exitCode: number): Promise<string> {
    this.commandCount++;
    const { code, stdout, stderr } = await runCommand({
      command: ["bash", "-euo", "pipefail", "-c", script],
      ...this.#surroundings(),
      deadlineMs: 60_000,
    });
    if (code !== exitCode) throw new Error(`exit code ${code}\n${stdout}${stderr}`);
    return stdout;
  }

  #wanted(output: Block | undefined): Block | undefined {
    return output && { ...output, text: this.#withNumbers(output.text) };
  }

  /** Asks Prometheus' own tool about a configuration, or about a list of targets that one names. */
  async #checkByPromtool(kind: string, text: string): Promise<void> {
    this.commandCount++;
    const file = `${this.#folder}/promtool_${this.commandCount}`;
    const config = kind === "config" ? text : JSON.stringify({
      scrape_configs: [{ job_name: "targets", file_sd_configs: [{ files: [`${file}.json`] }] }],
    });
    await Deno.writeTextFile(`${file}.json`, text);
    await Deno.writeTextFile(`${file}.yml`, config);
    const command = ["promtool", "check", "config", `${file}.yml`];
    const { code, stdout, stderr } = await runCommand({ command });
    if (code !== 0) throw new Error(`promtool objects:\n${stdout}${stderr}`);
  }

  async #start(script: string, words: readonly string[], output: Block | undefined): Promise<void> {
    this.commandCount++;
    if (!words.includes("also")) await this.end();
    const [, named, path] = /^(?::(\d+))?(\/.*)$/.exec(this.#withNumbers(valueOf(words, "ready") ?? "")) ??
      [];
    const command = await startCommand({
      command: ["bash", "-c", `exec ${script}`],
      ...this.#surroundings(),
      ready: path === undefined ? READY : undefined,
      deadlineMs: 120_000,
    });
    this.#background.push(command);
    if (output !== undefined) {
      let problem = "";
      await waitFor(() => (problem = missingFrom(command.stdout, this.#wanted(output))) === "", {
        what: "the output",
        deadlineMs: 30_000,
      }).catch(() => {
        throw new Error(`${problem}\nand on standard error:\n${command.stderr}`);
      });
      this.#learnProcess(command.stdout, output.text);
    }
    if (path === undefined) return;
    const port = named ?? /127\.0\.0\.1:(\d+)/.exec(script)?.[1] ?? this.#numbers.get("8000");
    await waitFor(async () => {
      if (command.ending !== undefined) throw new Error(`ended: ${command.stderr}`);
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      await response.body?.cancel();
      return response.ok;
    }, { what: `${script} to be ready`, deadlineMs: 120_000, pauseMs: 200 });
  }

  /** Takes the number of the process that a command named in the place of the one that the page shows. */
  #learnProcess(printed: string, shown: string): void {
    const [was, is] = [shown, printed].map((text) => /^promslab process: (\d+)$/m.exec(text)?.[1]);
    if (was !== undefined && is !== undefined) this.#numbers.set(was, is);
  }

  #surroundings(): { cwd: string; env: Record<string, string> } {
    const env = {
      PATH: `${this.#folder}/bin:${Deno.execPath().replace(/\/[^/]*$/, "")}:${Deno.env.get("PATH") ?? ""}`,
      // A page's steady load need not go on for as long as a person wants to look at it.
      LOAD_SECONDS: "14",
      PROMSLAB_PORT: this.#numbers.get("8000")!,
      PROMSLAB_ADMIN_PORT: this.#numbers.get("9464")!,
    };
    return { cwd: this.#folder, env };
  }

  #withNumbers(text: string): string {
    const shown = [...this.#numbers.keys()].join("|");
    return text.replace(new RegExp(`\\b(?:${shown})\\b`, "g"), (number) => this.#numbers.get(number)!);
  }
}

/** How what was printed differs from the wanted output, as a sentence; empty if it does not. */
export function missingFrom(printed: string, wanted: Block | undefined): string {
  if (wanted === undefined) return "";
  const { words, text } = wanted;
  const plain = words.includes("varies") ? withoutNumbers : (lines: string) => lines.trimEnd();
  const isThere = words.includes("contains") ? printed.includes(text.trim()) : plain(printed) === plain(text);
  return isThere ? "" : `wanted:\n${text}\nbut printed:\n${printed}`;
}

/** A text whose numbers, with their units or the plural that follows, and whose white space are all alike. */
function withoutNumbers(text: string): string {
  const numbers = /\d[\d.,]*(?:[eE][+-]?\d+)?(?:(?: ?(?:µs|ms|s|B|KiB|MiB|GiB|min|h|%))(?![\w]))?/g;
  return text.replace(numbers, "#").replace(/(?<=# [a-z]+)s\b/g, "").replace(/[ \t]+/g, " ").replace(
    / +$/gm,
    "",
  ).trim();
}

/** The value of a word `key=value` of a block. */
export function valueOf(words: readonly string[], key: string): string | undefined {
  return words.find((word) => word.startsWith(`${key}=`))?.slice(key.length + 1);
}
