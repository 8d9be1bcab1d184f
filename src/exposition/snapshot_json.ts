/**
 * The snapshot over HTTP: `GET /api/v1/snapshot`.
 *
 * @module
 */
// CONTROL PLANE
import { snapshot, type SnapshotSource } from "./snapshot.ts";
import type { SnapshotQuery } from "./snapshot_types.ts";

const PARAMETERS = ["prefix", "name", "label"];

/**
 * Makes the handler of `GET /api/v1/snapshot`. Parameters: `prefix`, any number of `name`, and any number of
 * `label`, each `name=value`. The answer is `{"status":"success","data":[...]}` with the elements of
 * {@linkcode snapshot}; numbers that JSON does not have are the strings `"NaN"`, `"+Inf"` and `"-Inf"`.
 *
 * @param source the collector
 * @throws {TypeError} The returned handler, if the source is no collector
 * @returns answers one request: 200, 400 for a parameter that it does not know, 405 for a method other than GET and HEAD
 *
 * @example The families as JSON
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Collector, Counter, createSnapshotHandler, Registry } from "promslab";
 *
 * const registry = new Registry();
 * new Counter({ name: "jobs_total", help: "Jobs done.", registry }).inc(3);
 * const handler = createSnapshotHandler(new Collector(registry));
 * const response = await handler(new Request("http://localhost/api/v1/snapshot"));
 * assertEquals((await response.json()).status, "success");
 * ```
 */
export function createSnapshotHandler(source: SnapshotSource): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      const refused = answer(405, failure("method_not_allowed", "Only GET and HEAD are allowed"));
      refused.headers.set("Allow", "GET, HEAD");
      return refused;
    }
    let query: SnapshotQuery;
    try {
      query = queryOf(new URL(request.url).searchParams);
    } catch (error) {
      return answer(400, failure("bad_data", (error as Error).message));
    }
    const data = await snapshot(source, query);
    return answer(200, { status: "success", data });
  };
}

function queryOf(parameters: URLSearchParams): SnapshotQuery {
  for (const name of parameters.keys()) {
    if (!PARAMETERS.includes(name)) {
      throw new RangeError(`Cannot use parameter "${name}": wanted ${PARAMETERS.join(", ")}`);
    }
  }
  const labels = parameters.getAll("label").map((label): [string, string] => {
    const at = label.indexOf("=");
    if (at < 1) throw new RangeError(`Cannot use label "${label}": wanted name=value`);
    return [label.slice(0, at), label.slice(at + 1)];
  });
  return {
    prefix: parameters.get("prefix") ?? undefined,
    names: parameters.has("name") ? parameters.getAll("name") : undefined,
    labels: Object.fromEntries(labels),
  };
}

function failure(errorType: string, error: string): Record<string, string> {
  return { status: "error", errorType, error };
}

function answer(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body, numberForJson), {
    status,
    headers: { "Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store" },
  });
}

/** A number as JSON has it; the others in Prometheus' words. */
export function numberForJson(_key: string, value: unknown): unknown {
  if (typeof value !== "number" || Number.isFinite(value)) return value;
  if (Number.isNaN(value)) return "NaN";
  return value > 0 ? "+Inf" : "-Inf";
}
