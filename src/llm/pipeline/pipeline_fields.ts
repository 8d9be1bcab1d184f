/**
 * The fields of a pipeline's JSON, checked one by one; what is wrong is said with its place in the file.
 *
 * @module
 */

/** Something in a pipeline's description is wrong. */
export class PipelineError extends Error {
  override readonly name = "PipelineError";
  /** Where, such as `stages[1].kind`; empty for the whole. */
  readonly where: string;

  constructor(where: string, what: string) {
    super(`Cannot read the pipeline${where === "" ? "" : ` at ${where}`}: ${what}`);
    this.where = where;
  }
}

/** Bounds of a number, both allowed. */
interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** A JSON object that remembers which of its fields were asked for. */
export class PipelineFields {
  readonly where: string;
  readonly #object: Readonly<Record<string, unknown>>;
  readonly #known = new Set<string>();

  /** @throws {PipelineError} If the value is no object */
  constructor(value: unknown, where: string) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new PipelineError(where, `wanted an object, got ${describe(value)}`);
    }
    this.where = where;
    this.#object = value as Record<string, unknown>;
  }

  /** @throws {PipelineError} If it is no text, or empty */
  text(name: string): string {
    const value = this.#get(name);
    if (typeof value === "string" && value !== "") return value;
    throw this.#wrong(name, `wanted text, got ${describe(value)}`);
  }

  /** @throws {PipelineError} If it is none of the choices, or missing and nothing is usual */
  oneOf<T extends string>(name: string, choices: readonly T[], usual?: T): T {
    const value = this.#get(name) ?? usual;
    if (choices.includes(value as T)) return value as T;
    throw this.#wrong(name, `wanted one of ${choices.join(", ")}, got ${describe(value)}`);
  }

  /** @throws {PipelineError} If it is there and no number within the bounds */
  number(name: string, usual: number, { min, max }: Bounds): number {
    const value = this.#get(name) ?? usual;
    if (typeof value === "number" && value >= min && value <= max) return value;
    throw this.#wrong(name, `wanted a number from ${min} to ${max}, got ${describe(value)}`);
  }

  /** @throws {PipelineError} If it is there and no whole number within the bounds */
  whole(name: string, usual: number, bounds: Bounds): number {
    const value = this.#get(name) ?? usual;
    if (Number.isInteger(value)) return this.number(name, usual, bounds);
    throw this.#wrong(
      name,
      `wanted a whole number from ${bounds.min} to ${bounds.max}, got ${describe(value)}`,
    );
  }

  /** @throws {PipelineError} If it is no object, or missing and nothing is usual */
  object(name: string, usual?: Readonly<Record<string, unknown>>): PipelineFields {
    return new PipelineFields(this.#get(name) ?? usual, this.#place(name));
  }

  /** @throws {PipelineError} If it is no list of so many objects */
  list(name: string, { min, max }: Bounds): PipelineFields[] {
    const value = this.#get(name);
    if (!Array.isArray(value) || value.length < min || value.length > max) {
      throw this.#wrong(name, `wanted a list of ${min} to ${max} objects, got ${describe(value)}`);
    }
    return value.map((item, i) => new PipelineFields(item, `${this.#place(name)}[${i}]`));
  }

  /** @throws {PipelineError} If it is there and no list of texts */
  names(name: string): string[] | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
    throw this.#wrong(name, `wanted a list of names of stages, got ${describe(value)}`);
  }

  /** Refuses fields that nobody has asked for. @throws {PipelineError} If there are any */
  finish(alsoKnown: readonly string[] = []): void {
    for (const name of alsoKnown) this.#known.add(name);
    for (const name of Object.keys(this.#object)) {
      if (this.#known.has(name)) continue;
      throw this.#wrong(name, `there is no such field, wanted ${[...this.#known].join(", ")}`);
    }
  }

  #get(name: string): unknown {
    this.#known.add(name);
    return this.#object[name] ?? undefined;
  }

  #place(name: string): string {
    return this.where === "" ? name : `${this.where}.${name}`;
  }

  #wrong(name: string, what: string): PipelineError {
    return new PipelineError(this.#place(name), what);
  }
}

function describe(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === "object" ? "an object" : JSON.stringify(value);
}
