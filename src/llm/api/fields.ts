/**
 * The fields of a request's body, checked one by one.
 *
 * @module
 */
import { badRequest } from "./api_error.ts";

/** Bounds of a number, both allowed. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

/** A JSON object. Fields that are null count as absent; fields that nobody asks for are ignored. */
export class Fields {
  readonly #body: Readonly<Record<string, unknown>>;

  /** @throws {ApiError} If the body is no object */
  constructor(body: unknown) {
    if (typeof body !== "object" || body === null || Array.isArray(body)) {
      throw badRequest(`The request body must be a JSON object, got ${describe(body)}`);
    }
    this.#body = body as Record<string, unknown>;
  }

  /** The field as it came, undefined if absent. */
  get(name: string): unknown {
    return this.#body[name] ?? undefined;
  }

  /** @throws {ApiError} If it is there and no integer within the bounds */
  integer(name: string, bounds: Bounds = {}): number | undefined {
    const value = this.number(name, bounds);
    if (value !== undefined && !Number.isSafeInteger(value)) {
      throw badRequest(`\`${name}\` must be an integer, got ${value}`, name);
    }
    return value;
  }

  /** @throws {ApiError} If it is there and no number within the bounds */
  number(name: string, bounds: Bounds = {}): number | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    if (typeof value !== "number") {
      throw badRequest(`\`${name}\` must be a number, got ${describe(value)}`, name);
    }
    const { min = -Infinity, max = Infinity } = bounds;
    if (value < min) throw badRequest(`\`${name}\` must be at least ${min}, got ${value}`, name);
    if (value > max) throw badRequest(`\`${name}\` must be at most ${max}, got ${value}`, name);
    return value;
  }

  /** @throws {ApiError} If it is there and neither true nor false */
  boolean(name: string): boolean | undefined {
    const value = this.get(name);
    if (value === undefined || typeof value === "boolean") return value;
    throw badRequest(`\`${name}\` must be true or false, got ${describe(value)}`, name);
  }

  /** @throws {ApiError} If it is there and no string */
  string(name: string): string | undefined {
    const value = this.get(name);
    if (value === undefined || typeof value === "string") return value;
    throw badRequest(`\`${name}\` must be a string, got ${describe(value)}`, name);
  }

  /** @throws {ApiError} If it is there and neither a string nor an array of strings */
  strings(name: string): string[] {
    const value = this.get(name);
    if (value === undefined) return [];
    if (typeof value === "string") return [value];
    if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
    throw badRequest(`\`${name}\` must be a string or an array of strings, got ${describe(value)}`, name);
  }

  /** @throws {ApiError} If it is there and no array of integers from 0 */
  tokens(name: string): number[] {
    const value = this.get(name);
    if (value === undefined) return [];
    if (Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0)) return value;
    throw badRequest(`\`${name}\` must be an array of token ids, got ${describe(value)}`, name);
  }

  /** @throws {ApiError} If it is there and no object */
  object(name: string): Fields | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    if (typeof value === "object" && !Array.isArray(value)) return new Fields(value);
    throw badRequest(`\`${name}\` must be an object, got ${describe(value)}`, name);
  }
}

/** A value in words that fit an error message. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  return typeof value === "string" ? "a string" : String(value);
}
