/**
 * By what each code block of the documentation is checked. A block that nothing checks says what nobody has tried.
 *
 * @module
 */
import { exists, filesUnder, ROOT } from "../../tools/_run.ts";
import { type Block, valueOf } from "./guide_page.ts";

/** The pages of the documentation. */
export const PAGES: readonly string[] = [
  ...["README.md", "CONTRIBUTING.md", "CHANGELOG.md"],
  ...filesUnder("docs", ".md"),
];

/**
 * Pages with a block that no test runs, and why. The block has the word `unrun`, and there is one on the page.
 */
export const UNRUN: Readonly<Record<string, string>> = {
  "docs/guide/kubernetes.md":
    "docker build and kubectl apply want a Docker daemon and a cluster; tests/e2e/deploy_test.ts runs the image's " +
    "commands in a folder with what it copies, the container's arguments, probes and end, and validates the manifests",
};

/** A block of a page. */
export interface PageBlock {
  readonly page: string;
  /** All blocks of the page, and which of them it is. */
  readonly blocks: readonly Block[];
  readonly at: number;
}

/**
 * By what a block is checked:
 *
 * | check | the block | who does it |
 * | --- | --- | --- |
 * | `doc` | TypeScript | `deno test --doc` |
 * | `run` | a command, in the foreground or background | a reader who follows the page |
 * | `file` | a file that a command of the page names, or that Prometheus' own tool checks | the same |
 * | `output` | what the command before printed | the same |
 * | `excerpt` | lines of a file of the repository, in their order | {@linkcode problemOf} |
 * | `drawing` | a picture whose names are those of the sources | {@linkcode problemOf} |
 * | `ci` | a command that continuous integration runs | {@linkcode problemOf} |
 * | `tested` | what a test reads from the page and runs | that test |
 * | `unrun` | what cannot run where tests do | {@linkcode UNRUN} says why |
 * | `layouts` | a table of a layout | `deno task layouts --check` |
 *
 * @returns undefined if it is checked by nothing
 */
export function checkOf({ page, blocks, at }: PageBlock): string | undefined {
  const { language, words, text } = blocks[at];
  if (page === "docs/internals/slab_layout.md") return "layouts";
  if (language === "sh" && (words[0] === "run" || words[0] === "start")) return "run";
  if (language === "sh" && words[0] === "ci") return "ci";
  if (valueOf(words, "tested") !== undefined) return "tested";
  if (words.includes("unrun")) return "unrun";
  const file = valueOf(words, "file");
  if (file !== undefined && (words.some(isPromtool) || isNamed(file, blocks.slice(at + 1)))) return "file";
  if (file === undefined && words.some(isPromtool)) return "file";
  if (language === "ts" && !words.includes("ignore") && text.trim() !== "") return "doc";
  if (words[0] === "output" && commandBefore(blocks, at) !== undefined) return "output";
  if (words[0] === "drawing") return "drawing";
  if (valueOf(words, "excerpt") !== undefined) return "excerpt";
  return undefined;
}

/** What is wrong with a block that is checked by reading; undefined if nothing is. */
export function problemOf(block: PageBlock): string | undefined {
  const { page, blocks, at } = block;
  const { words, text } = blocks[at];
  switch (checkOf(block)) {
    case undefined:
      return "nothing checks it";
    case "excerpt": {
      const file = valueOf(words, "excerpt")!;
      const rest = exists(file) ? linesOf(read(file)).values() : [].values();
      const isThere = linesOf(text).every((line) => rest.some((other) => other === line));
      return isThere ? undefined : `not in ${file}`;
    }
    case "drawing": {
      const unknown = namesIn(text).filter((name) => !sources().includes(name));
      return unknown.length === 0 ? undefined : `names that are not in src: ${unknown.join(", ")}`;
    }
    case "ci": {
      const script = read(".ci/run");
      const [, deno] = /^deno="(.*)"$/m.exec(script)!;
      const run = script.replaceAll("$deno", deno);
      const missing = text.trim().split("\n").filter((line) => !run.split("\n").includes(line));
      return missing.length === 0 ? undefined : `not in .ci/run: ${missing.join(", ")}`;
    }
    case "tested": {
      const test = valueOf(words, "tested")!;
      return exists(test) && read(test).includes(page) ? undefined : `${test} does not read the page`;
    }
    case "unrun":
      return page in UNRUN ? undefined : "no reason is given why it does not run";
    default:
      return undefined;
  }
}

function isPromtool(word: string): boolean {
  return word.startsWith("promtool=");
}

/** Whether a command names a file. */
function isNamed(file: string, blocks: readonly Block[]): boolean {
  return blocks.some(({ language, text }) => language === "sh" && text.includes(file));
}

/** The command that printed an output: the block before it, or before the outputs before it. */
function commandBefore(blocks: readonly Block[], at: number): Block | undefined {
  const before = blocks[at - 1];
  return before?.language === "sh" && /^(?:run|start)$/.test(before.words[0] ?? "") ? before : undefined;
}

/** Words that can only be names in sources: of files, classes, and functions. */
function namesIn(text: string): string[] {
  return text.match(/\b(?:[a-z]\w*\.ts|[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]+)+)\b/g) ?? [];
}

let allSources: string | undefined;

function sources(): string {
  return allSources ??= filesUnder("src", ".ts").map((file) => `${file}\n${read(file)}`).join("\n");
}

/** The lines without what indents them. */
function linesOf(text: string): string[] {
  return text.trim().split("\n").map((line) => line.trim());
}

function read(file: string): string {
  return Deno.readTextFileSync(`${ROOT}/${file}`);
}
