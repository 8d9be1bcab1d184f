/**
 * One HTTP request with the options that Node's own client takes.
 *
 * @module
 */
import { type IncomingMessage, request as requestHttp, type RequestOptions } from "node:http";
import { request as requestHttps } from "node:https";
import { gzipSync } from "node:zlib";

/** The options of Node's client: agent, headers, timeout and so on. */
export type HttpOptions = Record<string, unknown>;

/** What came back. */
export interface HttpAnswer {
  /** Node's message, its body read. */
  readonly resp: unknown;
  readonly status: number;
  readonly body: string;
}

/**
 * Sends a request and reads the whole answer.
 *
 * @param url where to
 * @param options for Node's client, method included
 * @param message the body, if there is one, whether it is to be compressed, and what to say when time runs out
 * @throws {Error} If the connection fails, or the time of `options.timeout` is over
 */
export function sendHttp(
  url: URL,
  options: HttpOptions,
  message: { readonly body?: string; readonly gzip?: boolean; readonly timedOut: string },
): Promise<HttpAnswer> {
  const open = url.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    // WHY: a timer of our own, because Deno's client does not time a connection that it uses again.
    let timer: ReturnType<typeof setTimeout> | undefined;
    const watch = () => {
      clearTimeout(timer);
      if (typeof options.timeout === "number" && options.timeout > 0) {
        timer = setTimeout(giveUp, options.timeout);
      }
    };
    const fail = (error: Error) => {
      clearTimeout(timer);
      reject(error);
    };
    const request = open(url, options as RequestOptions, (resp: IncomingMessage) => {
      let body = "";
      resp.setEncoding("utf8");
      resp.on("data", (chunk: string) => {
        watch();
        body += chunk;
      });
      resp.on("error", fail);
      resp.on("end", () => {
        clearTimeout(timer);
        resolve({ resp, status: resp.statusCode ?? 0, body });
      });
    });
    const giveUp = () => {
      const error = new Error(message.timedOut);
      request.destroy(error);
      reject(error);
    };
    request.on("error", fail);
    watch();
    const { body } = message;
    request.end(body === undefined ? undefined : message.gzip ? gzipSync(body) : body);
  });
}
