/**
 * Which functions of the sources throw, as far as reading them tells: what has a `throw` of its own, or calls a
 * function or a private method that has one. What is caught is not thrown.
 *
 * @module
 */
import { ROOT } from "./_run.ts";

/** Where a function begins, counted from 0. */
export interface Beginning {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

interface SourceFile {
  readonly lines: readonly string[];
  /** The bodies of functions by name, and of private methods by their name with `#`. */
  readonly bodies: ReadonlyMap<string, string>;
  /** Names that come from elsewhere, with the file and their name there. */
  readonly imported: ReadonlyMap<string, { readonly file: string; readonly name: string }>;
}

/** Why a function throws: `throw`, or the name of what it calls; undefined if it does not seem to. */
export function throwsBy({ file, line, column }: Beginning): string | undefined {
  const source = sourceOf(file);
  const body = withoutCaught(bodyAt(source.lines, line, column));
  if (hasThrow(body)) return "throw";
  for (const [, privately, plain] of body.matchAll(/this\.(#\w+)\(|(?<![.\w#])(\w+)\(/g)) {
    const called = privately ?? plain;
    if (NEVER_HERE.has(called)) continue;
    const own = source.bodies.get(called);
    if (own !== undefined ? hasThrow(own) : hasThrow(importedBody(source, called))) return called;
  }
  return undefined;
}

/** The text of a function that begins at a line; formatted sources end it where its first line begins. */
export function bodyAt(lines: readonly string[], line: number, column: number): string {
  if (/\{.*\}$|;$/.test(lines[line])) return lines[line];
  const end = lines.findIndex((text, i) => i > line && text.startsWith(`${" ".repeat(column)}}`));
  return lines.slice(line, end + 1).join("\n");
}

/** Functions that throw only where the library itself is not whole: no caller brings that about. */
const NEVER_HERE: ReadonlySet<string> = new Set(["createFormat", "defaultRegisterer"]);

/** A text without the blocks whose errors are caught in it. */
function withoutCaught(body: string): string {
  return body.replace(/^( *)try \{\n[\s\S]*?^\1\} catch\b/gm, "$1{");
}

/** Whether there is a `throw` that is not the second one of an error that was caught. */
function hasThrow(body: string): boolean {
  const lines = withoutCaught(body).split("\n");
  return lines.some((line) => /^(?!\s*(?:\/\/|\*)).*\bthrow (?!(?:error|cause);)/.test(line));
}

function importedBody({ imported }: SourceFile, name: string): string {
  const from = imported.get(name);
  return from === undefined ? "" : sourceOf(from.file).bodies.get(from.name) ?? "";
}

const known = new Map<string, SourceFile>();

function sourceOf(file: string): SourceFile {
  const before = known.get(file);
  if (before !== undefined) return before;
  const text = Deno.readTextFileSync(`${ROOT}/${file}`);
  const lines = text.split("\n");
  const bodies = new Map<string, string>();
  lines.forEach((line, i) => {
    const [, name] = /^(?:export )?(?:async )?function\*? (\w+)/.exec(line) ?? [];
    if (name !== undefined) bodies.set(name, bodyAt(lines, i, 0));
    const [, method] = /^ {2}(?:static |async |get |set )*(#\w+)(?:<.*>)?\(/.exec(line) ?? [];
    if (method !== undefined) bodies.set(method, bodyAt(lines, i, 2));
  });
  const source = { lines, bodies, imported: importsOf(text, file) };
  known.set(file, source);
  return source;
}

function importsOf(text: string, file: string): SourceFile["imported"] {
  const imported = new Map<string, { file: string; name: string }>();
  for (const [, names, path] of text.matchAll(/import \{([^}]*)\} from "(\.[^"]+)"/g)) {
    const target = new URL(path, `file:///${file}`).pathname.slice(1);
    for (const one of names.split(",").map((name) => name.trim())) {
      const [, name, alias = name] = /^(\w+)(?: as (\w+))?$/.exec(one) ?? [];
      if (name !== undefined) imported.set(alias, { file: target, name });
    }
  }
  return imported;
}
