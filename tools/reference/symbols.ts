/**
 * The public interface as `deno doc` sees it.
 *
 * @module
 */
import { DENO, ROOT, run } from "../_run.ts";

/** A property of an interface. */
export interface PropertyDoc {
  readonly name: string;
  readonly optional: boolean;
  readonly doc: string;
}

/** What an entry point exports under one name. */
export interface SymbolDoc {
  readonly name: string;
  /** `function`, `class`, `variable`, `interface` or `typeAlias`. */
  readonly kind: string;
  readonly doc: string;
  /** How many runnable or shown examples it has. */
  readonly exampleCount: number;
  /** File and line, from the root. */
  readonly place: string;
  /** Of an interface. */
  readonly properties: readonly PropertyDoc[];
  /** The class that a class extends. */
  readonly superClass: string | undefined;
}

/** The symbols of an entry point. */
export interface EntryDoc {
  /** As it is imported: `promslab/compat`. */
  readonly specifier: string;
  readonly doc: string;
  readonly symbols: readonly SymbolDoc[];
}

// deno-lint-ignore no-explicit-any -- The JSON of `deno doc`, whose shape is checked by what is made of it.
type Json = any;

let read: Promise<EntryDoc[]> | undefined;

/** The entry points of deno.json, in their order. Read once. */
export function entryDocs(): Promise<EntryDoc[]> {
  return read ??= readEntries();
}

async function readEntries(): Promise<EntryDoc[]> {
  const { exports } = JSON.parse(await Deno.readTextFile(`${ROOT}/deno.json`)) as {
    exports: Record<string, string>;
  };
  return await Promise.all(
    Object.entries(exports).map(async ([key, file]) => {
      const { code, stdout, output } = await run([DENO, "doc", "--json", file]);
      if (code !== 0) throw new Error(`Cannot read documentation of "${file}": ${output}`);
      const nodes: Json[] = Object.values(JSON.parse(stdout).nodes);
      return {
        specifier: `promslab${key.slice(1)}`,
        doc: nodes[0]?.module_doc?.doc ?? "",
        symbols: nodes.flatMap(({ symbols }) => symbols.map(symbolOf)).sort(byName),
      };
    }),
  );
}

function symbolOf({ name, declarations }: Json): SymbolDoc {
  const docs: Json[] = declarations.map(({ jsDoc }: Json) => jsDoc ?? {});
  const [first] = declarations;
  const tags: Json[] = docs.flatMap(({ tags = [] }) => tags);
  return {
    name,
    kind: first.kind,
    doc: [...docs, ...tags.filter(({ kind }) => kind === "deprecated")].map(({ doc = "" }) => doc)
      .find((doc) => doc !== "") ?? "",
    exampleCount: tags.filter(({ kind }) => kind === "example").length,
    place: `${first.location.filename.replace(`file://${ROOT}/`, "")}:${first.location.line + 1}`,
    properties: (first.def?.properties ?? []).map((property: Json) => ({
      name: property.name,
      optional: property.optional === true,
      doc: property.jsDoc?.doc ?? "",
    })),
    superClass: first.def?.extends,
  };
}

function byName(a: SymbolDoc, b: SymbolDoc): number {
  return a.name < b.name ? -1 : 1;
}
