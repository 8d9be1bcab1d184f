/**
 * Reads what a command is to look at: a URL, a file, or the standard input.
 *
 * @module
 */
import { environmentVariable, readBytes, readStandardInput, urlOfArgument } from "../host/program.ts";
import { TargetError } from "./usage_error.ts";

/** How to ask a server. */
export interface AskOptions {
  /** The `Accept` header. */
  readonly accept?: string;
  /** A bearer token. */
  readonly token?: string;
  /** Seconds until the answer must be there, whole. */
  readonly timeoutSeconds: number;
}

/** What was read. */
export interface ReadTarget {
  readonly body: Uint8Array;
  /** The content type that a server stated. */
  readonly contentType?: string;
  /** From the request to the last byte of the answer. */
  readonly seconds: number;
}

/** The flags by which commands ask servers. */
export const ASK_FLAGS = [
  { flag: "token", placeholder: "TOKEN", help: "bearer token to show (or PROMSLAB_ADMIN_TOKEN)" },
  { flag: "timeout", placeholder: "SECONDS", help: "how long a server may take to answer (default: 10)" },
] as const;

/** The token of a flag, or else of the environment. */
export function tokenOf(values: ReadonlyMap<string, string>): string | undefined {
  return values.get("token") ?? environmentVariable("PROMSLAB_ADMIN_TOKEN");
}

/** What a URL without a path means. */
const METRICS_PATH = "/metrics";

/** A server as Prometheus' own configuration names it, perhaps with a path. */
const HOST_PORT = /^(?:[\w.-]+|\[[\da-fA-F:.]+\]):\d{1,5}(?:\/.*)?$/;

/**
 * Reads a target: a URL, `HOST:PORT`, a file or `-`. A URL without a path means `/metrics`.
 *
 * @throws {TargetError} If it cannot be read; the message says why
 */
export async function readTarget(target: string, options: AskOptions): Promise<ReadTarget> {
  const startMs = performance.now();
  if (/^https?:\/\//i.test(target)) return await readServer(serverUrl(target, METRICS_PATH), options);
  try {
    const body = target === "-" ? await readStandardInput() : await readBytes(fileUrl(target));
    return { body, seconds: (performance.now() - startMs) / 1000 };
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    // WHY: a file may have such a name, so it is looked for first.
    if (code === "ENOENT" && HOST_PORT.test(target)) {
      return await readServer(serverUrl(target, METRICS_PATH), options);
    }
    throw new TargetError(
      `Cannot read "${target}": ${
        code === "ENOENT" ? "there is no such file (a server is http://HOST:PORT)" : message
      }`,
    );
  }
}

/** The URL of a file; `localhost:9464` would be one of a scheme of that name. */
function fileUrl(target: string): URL {
  return urlOfArgument(HOST_PORT.test(target) ? `./${target}` : target);
}

/** Asks a server. @throws {TargetError} If it does not answer, or not with 200 */
export async function readServer(
  url: URL,
  { accept, token, timeoutSeconds }: AskOptions,
): Promise<ReadTarget> {
  const startMs = performance.now();
  const headers: Record<string, string> = {
    ...(accept !== undefined && { accept }),
    ...(token !== undefined && token !== "" && { authorization: `Bearer ${token}` }),
  };
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(timeoutSeconds * 1000) });
    const body = new Uint8Array(await response.arrayBuffer());
    if (!response.ok) {
      const hint = response.status === 401 ? ", --token shows one" : "";
      throw new TargetError(`Cannot read ${url.href}: the server answered ${response.status}${hint}`);
    }
    const contentType = response.headers.get("content-type") ?? undefined;
    return { body, contentType, seconds: (performance.now() - startMs) / 1000 };
  } catch (error) {
    if (error instanceof TargetError) throw error;
    const { name, message, cause } = error as Error;
    const reason = name === "TimeoutError"
      ? `no answer in ${timeoutSeconds} s`
      : (cause as Error | undefined)?.message || message.split("\n")[0];
    throw new TargetError(`Cannot read ${url.href}: ${reason}`);
  }
}

/**
 * The URL that is meant by an argument: a scheme may be left out, and so may the path.
 *
 * @param path the path where the argument has none
 * @throws {TargetError} If it is no URL
 */
export function serverUrl(argument: string, path: string): URL {
  const text = /^[a-z]+:\/\//i.test(argument) ? argument : `http://${argument}`;
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new TargetError(`Cannot use "${argument}": wanted a URL such as http://127.0.0.1:9464`);
  }
  if (url.pathname === "/") url.pathname = path;
  return url;
}
