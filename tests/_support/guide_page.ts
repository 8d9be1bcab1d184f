/**
 * A page of the guide as a person follows it: files are written, commands run, outputs compared.
 *
 * The word behind a block's language says what it is: `file=NAME` is written, `sh run` runs to its end, `sh start` goes on
 * in the background in place of what was started before (`also`: beside it) until `ready=PATH` or `ready=:PORT/PATH` answers, `text output`
 * is what the command before printed: every line of it, or with `contains` a part. `signal=NAME` is sent to the first
 * background command before the block runs, `retry` repeats a block until its output is there, `needs=TOOL` names a
 * program without which the page cannot be followed.
 *
 * @module
 */
import { findTool, isToolName } from "../../tools/_tools.ts";
import { READY } from "./app_server.ts";
import { ROOT, runCommand, type RunningCommand, startCommand } from "./command.ts";
import { freePort } from "./free_port.ts";
import { waitFor } from "./wait_for.ts";

/** What a clone has that commands of the guide need. */
const CLONE = ["deno.json", "package.json", "mod.ts", "src", "workers", "links", "examples"];

/** Ports that pages and configurations of examples name, each replaced by a free one. */
const PORTS = ["8000", "8001", "8080", "9464", "9090"];
/** Files of the clone that name them. */
const CONFIGURATIONS = ["examples/llm/nginx.conf", "examples/llm/prometheus.yml"];

interface Block {
  readonly language: string;
  readonly words: readonly string[];
  readonly text: string;
  readonly line: number;
}

/** The code blocks of a Markdown text. */
export function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(\w+) ?(.*)\n([\s\S]*?)^```$/gm)].map((match) => ({
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
    await reader.setPorts();
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
  readonly #ports: ReadonlyMap<string, string> = new Map(PORTS.map((port) => [port, String(freePort())]));
  readonly #background: RunningCommand[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Sets the reader's ports in the clone's configurations, and keeps what they write in the folder. */
  async setPorts(): Promise<void> {
    for (const name of CONFIGURATIONS) {
      const path = `${this.#folder}/${name}`;
      const text = this.#withPorts(await Deno.readTextFile(path));
      await Deno.writeTextFile(path, text.replaceAll("/tmp/", `${this.#folder}/`));
    }
  }

  async follow(block: Block, output: Block | undefined): Promise<void> {
    const { language, words } = block;
    const text = this.#withPorts(block.text);
    const file = valueOf(words, "file");
    if (file !== undefined) return await Deno.writeTextFile(`${this.#folder}/${file}`, text);
    if (language !== "sh") return;
    if (words[0] === "start") return await this.#start(text, words);
    if (words[0] !== "run") return;
    const signal = valueOf(words, "signal");
    if (signal !== undefined) await this.#signal(signal as Deno.Signal);
    const attempt = async () =>
      missingFrom(await this.#run(text), output && { ...output, text: this.#withPorts(output.text) });
    let problem = "";
    await waitFor(async () => (problem = await attempt()) === "" || !words.includes("retry"), {
      what: "the output",
      deadlineMs: 30_000,
      pauseMs: 500,
    }).catch(() => {});
    if (problem !== "") throw new Error(problem);
  }

  async end(): Promise<void> {
    for (const command of this.#background.splice(0)) await command[Symbol.asyncDispose]();
  }

  async #run(script: string): Promise<string> {
    this.commandCount++;
    const { code, stdout, stderr } = await runCommand({
      command: ["bash", "-euo", "pipefail", "-c", script],
      ...this.#surroundings(),
      deadlineMs: 60_000,
    });
    if (code !== 0) throw new Error(`exit code ${code}\n${stdout}${stderr}`);
    return stdout;
  }

  async #start(script: string, words: readonly string[]): Promise<void> {
    this.commandCount++;
    if (!words.includes("also")) await this.end();
    const [, named, path] = /^(?::(\d+))?(\/.*)$/.exec(this.#withPorts(valueOf(words, "ready") ?? "")) ?? [];
    const command = await startCommand({
      command: ["bash", "-c", `exec ${script}`],
      ...this.#surroundings(),
      ready: path === undefined ? READY : undefined,
      deadlineMs: 120_000,
    });
    this.#background.push(command);
    if (path === undefined) return;
    const port = named ?? /127\.0\.0\.1:(\d+)/.exec(script)?.[1] ?? this.#ports.get("8000");
    await waitFor(async () => {
      if (command.ending !== undefined) throw new Error(`ended: ${command.stderr}`);
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      await response.body?.cancel();
      return response.ok;
    }, { what: `${script} to be ready`, deadlineMs: 120_000, pauseMs: 200 });
  }

  async #signal(name: Deno.Signal): Promise<void> {
    const [command] = this.#background;
    command.kill(name);
    await waitFor(() => /all workers are replaced/.test(command.stderr), {
      what: "all workers to be replaced",
      deadlineMs: 60_000,
    });
  }

  #surroundings(): { cwd: string; env: Record<string, string> } {
    const env = {
      PATH: `${Deno.execPath().replace(/\/[^/]*$/, "")}:${Deno.env.get("PATH") ?? ""}`,
      PROMSLAB_PORT: this.#ports.get("8000")!,
      PROMSLAB_ADMIN_PORT: this.#ports.get("9464")!,
    };
    return { cwd: this.#folder, env };
  }

  #withPorts(text: string): string {
    return text.replace(new RegExp(`\\b(?:${PORTS.join("|")})\\b`, "g"), (port) => this.#ports.get(port)!);
  }
}

/** What of the wanted output was not printed, as a sentence; empty if all was. */
function missingFrom(printed: string, wanted: Block | undefined): string {
  if (wanted === undefined) return "";
  if (wanted.words.includes("contains")) {
    return printed.includes(wanted.text.trim()) ? "" : `"${wanted.text.trim()}" is not in:\n${printed}`;
  }
  const lines = new Set(printed.split("\n"));
  const missing = wanted.text.trim().split("\n").filter((line) => !lines.has(line));
  return missing.length === 0 ? "" : `not printed:\n${missing.join("\n")}\nbut:\n${printed}`;
}

function valueOf(words: readonly string[], key: string): string | undefined {
  return words.find((word) => word.startsWith(`${key}=`))?.slice(key.length + 1);
}
