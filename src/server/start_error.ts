/**
 * Why a server did not start.
 *
 * @module
 */
// CONTROL PLANE

/**
 * What kept a server from starting:
 *
 * | code | cause |
 * | --- | --- |
 * | `BAD_OPTION` | an option has a value that it cannot have |
 * | `ADDRESS` | an address cannot be bound; `cause` is the host's `AddressError`, `option` what chose the address |
 * | `HANDLER_NOT_FOUND` | there is no file at the handler's URL |
 * | `HANDLER_WITHOUT_FETCH` | the handler's module does not `export default { fetch }` |
 * | `HANDLER_FAILED` | the handler's module threw while it was loaded |
 * | `WORKER_FAILED` | a worker ended, or took too long, before it was ready |
 */
export type StartErrorCode =
  | "BAD_OPTION"
  | "ADDRESS"
  | "HANDLER_NOT_FOUND"
  | "HANDLER_WITHOUT_FETCH"
  | "HANDLER_FAILED"
  | "WORKER_FAILED";

/** An option that cannot be used. */
export interface RefusedOption {
  /** The option's name. */
  readonly name: string;
  /** What it was given, as text. */
  readonly value: string;
  /** What can be used, as the end of a sentence. */
  readonly wanted: string;
}

/**
 * A server that did not start, for a cause that the person who started it can remove.
 *
 * @example What kept a server from starting
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { serve, StartError } from "promslab";
 *
 * try {
 *   await serve({ handler: "file:///nowhere/app.ts", port: 0, adminPort: 0 });
 * } catch (error) {
 *   assertEquals((error as StartError).code, "HANDLER_NOT_FOUND");
 * }
 * ```
 */
export class StartError extends Error {
  /** The class's name, by which errors of other threads and copies are told too. */
  override readonly name = "StartError";
  /** See {@linkcode StartErrorCode}. */
  readonly code: StartErrorCode;
  /** With `BAD_OPTION` and `ADDRESS`: which option, what it was given, and what is wanted. */
  readonly option: RefusedOption | undefined;

  /** The error with one sentence for that person. */
  constructor(
    code: StartErrorCode,
    message: string,
    details: { cause?: unknown; option?: RefusedOption } = {},
  ) {
    super(message, "cause" in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.option = details.option;
  }
}
