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
  /** Whether it is a plain number. */
  readonly isNumber: boolean;
}

/** What can be called: a function, a constructor, a method or a getter, over all its signatures. */
export interface CallableDoc {
  /** `Counter.inc`, `new Counter`, `serve`. */
  readonly name: string;
  /** Whether one of the signatures says what it throws. */
  readonly saysThrows: boolean;
  /** The file from the root, and where the last signature begins, which has the body: line and column from 0. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Parameters that are plain numbers, with what is said of them. */
  readonly numbers: readonly NumberDoc[];
}

/** A number that somebody gives or gets. */
export interface NumberDoc {
  readonly name: string;
  /** What is said of it: a parameter's tag, or a property's docstring. */
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
  /** What can be called of it. */
  readonly callables: readonly CallableDoc[];
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
    properties: (first.def?.properties ?? []).filter((property: Json) => !isHidden(property)).map((
      property: Json,
    ) => ({
      name: property.name,
      optional: property.optional === true,
      doc: property.jsDoc?.doc ?? "",
      isNumber: property.tsType?.value === "number",
    })),
    callables: callablesOf(name, declarations),
    superClass: first.def?.extends,
  };
}

/** What can be called of an export: itself, or the constructor and the public methods of a class. */
function callablesOf(name: string, declarations: readonly Json[]): CallableDoc[] {
  const found = new Map<string, Json[]>();
  const add = (called: string, declaration: Json) =>
    found.set(called, [...found.get(called) ?? [], declaration]);
  for (const declaration of declarations) {
    if (declaration.kind === "function") add(name, declaration);
    if (declaration.kind !== "class") continue;
    for (const one of declaration.def.constructors ?? []) {
      // What a constructor throws may stand with its class.
      add(`new ${name}`, { ...one, jsDoc: { tags: [...tagsOf(one), ...tagsOf(declaration)] } });
    }
    for (const one of declaration.def.methods ?? []) add(`${name}.${one.name}`, one);
  }
  return [...found].filter(([, all]) => !all.some(isHidden)).map(([called, all]) => {
    const { filename, line, col } = all.at(-1).location;
    return {
      name: called,
      saysThrows: all.some((one) => tagsOf(one).some(({ kind }) => kind === "throws")),
      file: filename.replace(`file://${ROOT}/`, ""),
      line,
      column: col,
      // Of several signatures the last one is the function's own, which nobody sees.
      numbers: (all.length > 1 ? all.slice(0, -1) : all).flatMap(numbersOf),
    };
  });
}

function tagsOf({ jsDoc }: Json): Json[] {
  return jsDoc?.tags ?? [];
}

function isHidden(declaration: Json): boolean {
  return declaration.accessibility === "private" ||
    tagsOf(declaration).some(({ kind }) => kind === "internal");
}

function numbersOf(declaration: Json): NumberDoc[] {
  const params: Json[] = declaration.def?.params ?? declaration.functionDef?.params ?? declaration.params ??
    [];
  const plain = params.map((param) => param.kind === "assign" ? param.left : param)
    .filter(({ tsType }) => tsType?.value === "number");
  return plain.map(({ name }) => ({
    name,
    doc: [
      declaration.jsDoc?.doc ?? "",
      ...tagsOf(declaration)
        .filter((tag) => tag.kind === "param" && tag.name === name).map(({ doc }) => doc ?? ""),
    ].join(" "),
  }));
}

function byName(a: SymbolDoc, b: SymbolDoc): number {
  return a.name < b.name ? -1 : 1;
}
