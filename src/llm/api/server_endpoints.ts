/**
 * Endpoints about the server itself: `/health`, `/ping`, `/version`, `/load` and those that put engines to sleep.
 *
 * @module
 */
import { badRequest } from "./api_error.ts";
import type { Endpoint } from "./endpoint.ts";

/** 200 while there is an engine, else 503. */
export const health: Endpoint = ({ engines }) =>
  new Response(null, { status: engines.loads().length > 0 ? 200 : 503 });

/** The version. */
export const version: Endpoint = ({ config }) => Response.json({ version: config.version });

/** How many requests are in the engines. */
export const load: Endpoint = ({ engines }) =>
  Response.json({
    server_load: engines.loads().reduce((sum, { running, waiting }) => sum + running + waiting, 0),
  });

/** Sends the engines to sleep. */
export const sleep: Endpoint = ({ engines }, { url }) => {
  const level = url.searchParams.get("level") ?? "1";
  if (level !== "1" && level !== "2") throw badRequest(`\`level\` must be 1 or 2, got ${level}`, "level");
  engines.sleep(level === "2" ? 2 : 1);
  return new Response(null, { status: 200 });
};

/** Wakes the engines. */
export const wakeUp: Endpoint = ({ engines }) => {
  engines.wake();
  return new Response(null, { status: 200 });
};

/** Whether an engine sleeps. */
export const isSleeping: Endpoint = ({ engines }) =>
  Response.json({ is_sleeping: engines.loads().some(({ sleepLevel }) => sleepLevel > 0) });

/** Empties the prefix caches. */
export const resetPrefixCache: Endpoint = ({ engines }) => {
  engines.resetPrefixCache();
  return new Response(null, { status: 200 });
};
