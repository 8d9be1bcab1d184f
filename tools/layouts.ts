/**
 * Layout diagrams from layout tables. Every layout that a file of src/layout exports is drawn as a comment in that file,
 * between the lines `// <layout:NAME>` and `// </layout>`, and in docs/internals/slab_layout.md. With `--check` nothing
 * is written: what is stale is named.
 *
 * @module
 */
import { exists, filesUnder, ROOT } from "./_run.ts";

/** One line of a layout's table. */
export interface LayoutField {
  /** Bytes from the start of the record. */
  readonly offset: number;
  /** Size in bytes. */
  readonly size: number;
  readonly view: string;
  readonly field: string;
  readonly writer: string;
  readonly ordering: string;
  readonly meaning: string;
}

/** What this tool needs of a layout; src/layout defines more. */
export interface LayoutTable {
  readonly name: string;
  readonly title: string;
  /** Size of the whole in bytes. */
  readonly bytes: number;
  readonly fields: readonly LayoutField[];
}

const COLUMNS = ["offset", "size", "view", "field", "writer", "ordering", "meaning"] as const;
const DOCUMENT = "docs/internals/slab_layout.md";
const DOCUMENT_HEAD = `# Slab layout

Written by \`deno task layouts\` from the tables in \`src/layout\`; \`deno task check\` fails when it is stale. Offsets count
bytes from the start of the record, sizes are bytes, and \`writer\` names the threads that may store to the field.
`;

/** Compares; gives one sentence per stale file, none if all is well. */
export async function checkLayouts(): Promise<string[]> {
  const problems: string[] = [];
  for (const [file, wanted] of await wantedFiles()) {
    const found = exists(file) ? await Deno.readTextFile(`${ROOT}/${file}`) : "";
    if (found !== wanted) {
      problems.push(`${file} does not show its layouts as they are: run deno task layouts`);
    }
  }
  return problems;
}

/** Draws a layout as lines of text, without comment signs. */
export function drawLayout(layout: LayoutTable): string[] {
  const rows = layout.fields.map((field) => COLUMNS.map((column) => String(field[column])));
  const widths = COLUMNS.map((column, i) => Math.max(column.length, ...rows.map((row) => row[i].length)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => i < 2 ? cell.padStart(widths[i]) : cell.padEnd(widths[i])).join("  ").trimEnd();
  const lines = layout.bytes / 64;
  const size = Number.isInteger(lines) ? ` = ${lines} cache line${lines === 1 ? "" : "s"}` : "";
  return [
    line(COLUMNS),
    line(widths.map((width) => "-".repeat(width))),
    ...rows.map(line),
    `total ${layout.bytes} bytes${size}`,
  ];
}

/**
 * Puts a layout's diagram between its markers. Without markers they are set above the statement that defines the layout.
 *
 * @throws {Error} If there are neither markers nor a definition with this name
 */
export function insertDiagram(source: string, layout: LayoutTable): string {
  const open = `// <layout:${layout.name}>`;
  const block = [open, ...drawLayout(layout).map((line) => `// ${line}`), "// </layout>"].join("\n");
  const start = source.indexOf(open);
  if (start >= 0) {
    const end = source.indexOf("// </layout>", start);
    if (end < 0) throw new Error(`Cannot draw "${layout.name}": its first marker has no closing one`);
    return source.slice(0, start) + block + source.slice(end + "// </layout>".length);
  }
  const at = definitionStart(source, layout.name);
  return `${source.slice(0, at)}${block}\n\n${source.slice(at)}`;
}

/** Where the exported statement that defines a layout begins, with its docstring. */
function definitionStart(source: string, name: string): number {
  const named = source.indexOf(`name: ${JSON.stringify(name)}`);
  const statement = named < 0 ? -1 : source.lastIndexOf("\nexport const ", named) + 1;
  if (statement <= 0) throw new Error(`Cannot draw "${name}": no exported statement defines it`);
  const before = source.slice(0, statement).trimEnd();
  return before.endsWith("*/") ? before.lastIndexOf("/**") : statement;
}

/** The files as they should be, by their names. */
async function wantedFiles(): Promise<Map<string, string>> {
  const wanted = new Map<string, string>();
  const sections: string[] = [];
  for (const file of filesUnder("src/layout", ".ts")) {
    const layouts = await layoutsOf(file);
    if (layouts.length === 0) continue;
    let source = await Deno.readTextFile(`${ROOT}/${file}`);
    for (const layout of layouts) {
      source = insertDiagram(source, layout);
      sections.push(
        `\n## ${layout.title}\n\n\`${file}\`\n\n\`\`\`text\n${drawLayout(layout).join("\n")}\n\`\`\`\n`,
      );
    }
    wanted.set(file, source);
  }
  if (sections.length > 0) wanted.set(DOCUMENT, DOCUMENT_HEAD + sections.join(""));
  return wanted;
}

/** The layouts that a file exports, in the order of its text. */
async function layoutsOf(file: string): Promise<LayoutTable[]> {
  const exported: Record<string, unknown> = await import(new URL(`../${file}`, import.meta.url).href);
  return Object.values(exported).filter(isLayout).sort((a, b) => a.name < b.name ? -1 : 1);
}

function isLayout(value: unknown): value is LayoutTable {
  return typeof value === "object" && value !== null && "fields" in value && Array.isArray(value.fields);
}

if (import.meta.main) {
  if (Deno.args.includes("--check")) {
    const problems = await checkLayouts();
    for (const problem of problems) console.error(problem);
    Deno.exit(problems.length === 0 ? 0 : 1);
  }
  for (const [file, wanted] of await wantedFiles()) {
    await Deno.mkdir(`${ROOT}/${file}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(`${ROOT}/${file}`, wanted);
    console.log(`drawn: ${file}`);
  }
}
