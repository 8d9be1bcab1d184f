/**
 * Plain TCP requests to `life_app.ts`: what became of each, and which life of a worker answered.
 *
 * @module
 */

/** How a request went. */
export interface Exchange {
  /**
   * A whole response; one that the client left in its midst; one that ended before its end; a connection that ended
   * before any byte of the response; none at all.
   */
  readonly outcome: "whole" | "left" | "cut" | "reset" | "unconnected";
  /** The life that answered; empty if none did. */
  readonly life: string;
  readonly status: number;
}

/** How to ask. */
export interface AskOptions {
  readonly path: string;
  /** Leave when the first chunk of the body is there. */
  readonly leaves?: boolean;
  readonly keepAlive?: boolean;
}

const decoder = new TextDecoder("latin1");
const encoder = new TextEncoder();

/** A client that sends one request at a time and keeps its connection if it may. */
export class LifeClient {
  readonly #port: number;
  readonly #buffer = new Uint8Array(16_384);
  #connection: Deno.TcpConn | undefined;
  /** How often the server asked to close a connection that was to be kept. */
  askedToClose = 0;

  constructor(port: number) {
    this.#port = port;
  }

  /** Sends a request and reads what comes. */
  async ask(options: AskOptions): Promise<Exchange> {
    const { path, keepAlive = false } = options;
    if (this.#connection === undefined) {
      try {
        this.#connection = await Deno.connect({ hostname: "127.0.0.1", port: this.#port });
      } catch {
        return { outcome: "unconnected", life: "", status: 0 };
      }
    }
    const head = `GET ${path} HTTP/1.1\r\nHost: x\r\n${keepAlive ? "" : "Connection: close\r\n"}\r\n`;
    let text = "";
    try {
      await this.#connection.write(encoder.encode(head));
      for (;;) {
        const count = await this.#connection.read(this.#buffer);
        if (count === null) break;
        text += decoder.decode(this.#buffer.subarray(0, count));
        if (options.leaves === true && text.includes("chunk 1\n")) {
          this.close();
          return exchange("left", text);
        }
        if (isWhole(text)) return this.#whole(text, keepAlive);
      }
    } catch {
      // Reset: judged by what was read until then.
    }
    this.close();
    return exchange(text === "" ? "reset" : "cut", text);
  }

  #whole(text: string, keepAlive: boolean): Exchange {
    const asked = /\r\nconnection: *close/i.test(text);
    if (asked && keepAlive) this.askedToClose++;
    if (asked || !keepAlive) this.close();
    return exchange("whole", text);
  }

  /** Closes the connection, if there is one. */
  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }
}

function exchange(outcome: Exchange["outcome"], text: string): Exchange {
  return {
    outcome,
    life: /\r\nx-life: *(\w+)/i.exec(text)?.[1] ?? "",
    status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0),
  };
}

function isWhole(text: string): boolean {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd < 0) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, headEnd + 2))?.[1];
  if (length !== undefined) return text.length >= headEnd + 4 + Number(length);
  return text.endsWith("\r\n0\r\n\r\n");
}
