/**
 * A port by `node:http`: the way of Node, and of Deno where `Deno.serve` may not share a port.
 *
 * @module
 */
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { sendResponse, toRequest } from "./node_messages.ts";
import { Pipelining } from "./pipelining.ts";
import {
  AddressError,
  type BodyJudge,
  type ConnectionLimits,
  type HostHandler,
  type Listener,
  type ListenOptions,
} from "./types.ts";

/** The peer of a request that came by `node:http`. */
interface Exchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

/** Opens a port. @throws {AddressError} If the address cannot be bound. */
export function listenNodeHttp(
  options: ListenOptions,
  handler: HostHandler,
  bodies: BodyJudge,
): Promise<Listener> {
  const scheme = options.tls === undefined ? "http" : "https";
  let closing = false;
  const limits = nodeLimits(options.limits);
  const server = options.tls === undefined
    ? createServer(limits)
    : createTlsServer({ ...options.tls, ...limits }) as Server;
  if (options.limits?.connectionsMax !== undefined) server.maxConnections = options.limits.connectionsMax;
  const pipelining = new Pipelining();
  server.on("request", (incoming: IncomingMessage, outgoing: ServerResponse) => {
    pipelining.enter(incoming.socket, outgoing, () => {
      if (closing) outgoing.setHeader("connection", "close");
      void answer({ incoming, outgoing }, { handler, scheme, bodies });
    });
  });
  server.on("clientError", (error: Error & { code?: string }, socket) => {
    // The request was not understood, so there is none to count; a connection that is gone cannot be answered.
    const status = refusalOf(error.code);
    // WHY: what this client goes on to send must not reach a parser that another connection has been given since.
    socket.removeAllListeners("data");
    socket.pause();
    if (status === undefined || !socket.writable) socket.destroy();
    else {
      const refusal = `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
      socket.end(refusal, () => socket.destroy());
    }
  });
  return new Promise((resolve, reject) => {
    server.once("error", (error: Error & { code?: string }) => {
      reject(error.code === undefined ? error : new AddressError(options, error.code));
    });
    server.listen({ host: options.hostname, port: options.port, reusePort: options.shared }, () => {
      resolve({
        port: (server.address() as AddressInfo).port,
        remoteAddress: (_request, peer) => (peer as Exchange).incoming.socket.remoteAddress ?? "",
        onClientGone: (_request, peer, listener) => {
          const { outgoing } = peer as Exchange;
          outgoing.once("close", () => outgoing.writableFinished || listener());
        },
        close: () => {
          closing = true;
          return closeGracefully(server);
        },
        abort: () => {
          server.close();
          server.closeAllConnections();
        },
      });
    });
  });
}

async function answer(
  exchange: Exchange,
  serving: { handler: HostHandler; scheme: string; bodies: BodyJudge },
): Promise<void> {
  const { incoming, outgoing } = exchange;
  let request: Request;
  try {
    request = toRequest(incoming, serving.scheme);
  } catch {
    outgoing.writeHead(400, { "content-type": "text/plain; charset=utf-8" }).end("Bad Request\n");
    return;
  }
  try {
    const response = await serving.handler(request, exchange);
    await sendResponse(response, outgoing, {
      streamed: serving.bodies.isStreamed(response),
      bodiless: incoming.method === "HEAD",
    });
  } catch {
    if (outgoing.headersSent) outgoing.destroy();
    else {outgoing.writeHead(500, { "content-type": "text/plain; charset=utf-8" }).end(
        "Internal Server Error\n",
      );}
  }
}

/** Stops accepting; idle connections end at once, busy ones when they fall idle. */
function closeGracefully(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const sweep = setInterval(() => server.closeIdleConnections(), 50);
    server.close(() => {
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** Our limits in the words of `node:http`. */
function nodeLimits(limits: ConnectionLimits = {}): ServerOptions {
  const { headBytesMax, headSeconds } = limits;
  return {
    ...(headBytesMax === undefined ? {} : { maxHeaderSize: headBytesMax }),
    ...(headSeconds === undefined
      ? {}
      : { headersTimeout: headSeconds * 1000, connectionsCheckingInterval: headSeconds * 250 }),
  };
}

/** What to answer to a request that could not be read; undefined if it was not the request that failed. */
function refusalOf(code: string | undefined): string | undefined {
  if (code === "HPE_HEADER_OVERFLOW") return "431 Request Header Fields Too Large";
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return "408 Request Timeout";
  return code?.startsWith("HPE_") ? "400 Bad Request" : undefined;
}
