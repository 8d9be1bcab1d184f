/**
 * Loads the module that answers the requests.
 *
 * @module
 */
// CONTROL PLANE
import type { Handler } from "../context.ts";
import { StartError } from "../start_error.ts";

/**
 * Imports the module and checks that it can answer. Worker thread, after the slab is attached: what the module
 * defines at its top level is counted from the start.
 *
 * @throws {StartError} If the module throws, or does not `export default` an object with a `fetch` function
 */
export async function loadHandler(url: string): Promise<Handler> {
  let module: { default?: unknown };
  try {
    module = await import(url);
  } catch (error) {
    throw new StartError("HANDLER_FAILED", `Cannot load handler "${url}": ${summaryOf(error)}`, {
      cause: error,
    });
  }
  const handler = module.default as Partial<Handler> | null | undefined;
  if (typeof handler?.fetch !== "function") {
    throw new StartError(
      "HANDLER_WITHOUT_FETCH",
      `Cannot use handler "${url}": wanted "export default { fetch(request, context) }", found ${
        describe(module)
      }`,
    );
  }
  return handler as Handler;
}

function describe(module: { default?: unknown }): string {
  if (!("default" in module)) {
    const names = Object.keys(module);
    return names.length === 0 ? "no export" : `only the named exports ${names.join(", ")}`;
  }
  const value = module.default;
  if (value === null || typeof value !== "object") {
    return `a default export of type ${value === null ? "null" : typeof value}`;
  }
  return "a default export without a fetch function";
}

/** The error's name and message on one line. */
export function summaryOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.replaceAll(/\s*\n\s*/g, " ");
}
