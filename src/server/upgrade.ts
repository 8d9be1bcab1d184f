/**
 * WebSockets, where the host has them.
 *
 * @module
 */
// CONTROL PLANE
import { STATUS_CODE } from "@std/http/status";

/** A request that became a WebSocket. */
export interface Upgraded {
  /** The socket; it opens after the response was returned. */
  readonly socket: WebSocket;
  /** What the handler must return. */
  readonly response: Response;
}

/**
 * A request that cannot become a WebSocket. Uncaught, it becomes a response of its status.
 *
 * @example A status for a client that asks for no WebSocket
 * ```ts ignore
 * import { UpgradeError } from "promslab";
 *
 * export default {
 *   fetch(_request: Request, context: { upgrade(): { response: Response } }): Response {
 *     try {
 *       return context.upgrade().response;
 *     } catch (error) {
 *       return new Response("A WebSocket is wanted", { status: (error as UpgradeError).status });
 *     }
 *   },
 * };
 * ```
 */
export class UpgradeError extends Error {
  /** The class's name. */
  override readonly name = "UpgradeError";
  /** The status that the client gets: 426 if it did not ask for a WebSocket, 501 if this host has none. */
  readonly status: 426 | 501;

  /** The error for a message and a status. */
  constructor(message: string, status: 426 | 501) {
    super(message);
    this.status = status;
  }
}

/** What is wrong with a request that asks for no WebSocket. */
export function notAskedFor(): UpgradeError {
  return new UpgradeError(
    "Cannot upgrade request: it does not ask for a WebSocket",
    STATUS_CODE.UpgradeRequired,
  );
}

/** What is wrong where there are none. */
export function notPossible(): UpgradeError {
  return new UpgradeError(
    "Cannot upgrade request: this host has no WebSockets, Deno.serve has",
    STATUS_CODE.NotImplemented,
  );
}

/** The status of a WebSocket that is closed because the server ends. */
export const GOING_AWAY = 1001;

/** Whether a request asks to become a WebSocket. */
export function asksForWebSocket(request: Request): boolean {
  return request.headers.get("upgrade")?.toLowerCase() === "websocket";
}
