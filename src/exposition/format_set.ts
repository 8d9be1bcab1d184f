/**
 * The formats that are in use.
 *
 * @module
 */
// CONTROL PLANE
import type { Format } from "./format.ts";
import { createFormat, type FormatOptions, negotiate } from "./negotiate.ts";

/** What a {@linkcode FormatSet} can vary. */
export interface FormatSetOptions extends FormatOptions {
  /** How many formats are remembered; 4 if not given. Each one holds a body. */
  readonly formatsMax?: number;
}

/** What a header chose. */
interface Choice {
  readonly what: ReturnType<typeof negotiate>;
  readonly key: string;
}

/** How many headers are remembered. */
const CHOICES_MAX = 16;

/**
 * Gives each scraper the format that it asks for, and the same object to all who ask for the same. One thread.
 * A format remembers its last body, so only those used last are kept: whoever sends ever new Accept headers costs
 * time, not memory.
 *
 * @example One format for two scrapers that want the same
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { FormatSet } from "promslab/exposition";
 *
 * const formats = new FormatSet();
 * assertEquals(formats.get("text/plain"), formats.get(null));
 * ```
 */
export class FormatSet {
  readonly #options: FormatSetOptions;
  /** By the header, which is the same in all scrapes of a scraper. */
  readonly #choices = new Map<string, Choice>();
  /** By name and escaping, the one used last at the end. */
  readonly #formats = new Map<string, Format>();

  /**
   * Makes a set that has no format yet.
   *
   * @param options what all formats have in common, and how many are remembered
   */
  constructor(options: FormatSetOptions = {}) {
    this.#options = options;
  }

  /** The format for a scraper, by the value of its `Accept` header. */
  get(accept: string | null | undefined): Format {
    const { what, key } = this.#choose(accept ?? "");
    const format = this.#formats.get(key) ?? createFormat(what, this.#options);
    this.#formats.delete(key);
    this.#formats.set(key, format);
    if (this.#formats.size > (this.#options.formatsMax ?? 4)) {
      for (const oldest of this.#formats.keys()) {
        this.#formats.delete(oldest);
        break;
      }
    }
    return format;
  }

  #choose(accept: string): Choice {
    const known = this.#choices.get(accept);
    if (known !== undefined) return known;
    const what = negotiate(accept);
    const choice = { what, key: `${what.name} ${what.escaping}` };
    if (this.#choices.size >= CHOICES_MAX) this.#choices.clear();
    this.#choices.set(accept, choice);
    return choice;
  }
}
