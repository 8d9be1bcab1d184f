/**
 * A load over plain TCP that tells apart what `fetch()` does not: a connection that ended before any byte of the
 * response, and a response that was cut.
 *
 * @module
 */

/** What to send, and how. */
export interface RawLoadOptions {
  readonly port: number;
  readonly path: string;
  /** How many connections send at a time, and how each is used. */
  readonly keptAlive: number;
  readonly short: number;
  /** How many requests are answered in all before the load ends. */
  readonly total: number;
  readonly deadlineMs?: number;
}

/** What became of the requests. */
export interface RawLoadResult {
  /** Whole responses of status 200, after a second try or not. */
  readonly answered: number;
  /** Whole responses of another status. */
  readonly refused: number;
  /** Connections that ended after a request was sent and before any byte of its response; each was tried once more. */
  readonly reset: number;
  /** Second tries that failed the same way. */
  readonly resetTwice: number;
  /** Connections that could not be opened; each was tried once more. */
  readonly unconnected: number;
  /** Responses that began and did not end. */
  readonly cut: number;
  /** Connections that the server asked to close. */
  readonly askedToClose: number;
  readonly seconds: number;
}

type Outcome = "answered" | "refused" | "reset" | "unconnected" | "cut";

/** Sends requests until so many are answered. */
export async function rawLoad(options: RawLoadOptions): Promise<RawLoadResult> {
  const { keptAlive, short, total, deadlineMs = 120_000 } = options;
  const counts = {
    answered: 0,
    refused: 0,
    reset: 0,
    unconnected: 0,
    cut: 0,
    resetTwice: 0,
    askedToClose: 0,
  };
  const startMs = performance.now();
  let begun = 0;
  const lane = async (keepAlive: boolean) => {
    const connection = new LaneConnection(options, keepAlive, () => counts.askedToClose++);
    while (begun < total && performance.now() - startMs < deadlineMs) {
      begun++;
      let outcome = await connection.exchange();
      if (outcome === "reset" || outcome === "unconnected") {
        counts[outcome]++;
        outcome = await connection.exchange();
        if (outcome === "reset" || outcome === "unconnected") {
          counts.resetTwice++;
          continue;
        }
      }
      counts[outcome]++;
    }
    connection.close();
  };
  await Promise.all([
    ...Array.from({ length: keptAlive }, () => lane(true)),
    ...Array.from({ length: short }, () => lane(false)),
  ]);
  return { ...counts, seconds: (performance.now() - startMs) / 1000 };
}

/** One lane's connection, opened anew whenever it is closed. */
class LaneConnection {
  readonly #port: number;
  readonly #request: Uint8Array;
  readonly #keepAlive: boolean;
  readonly #onAskedToClose: () => void;
  readonly #buffer = new Uint8Array(16_384);
  #connection: Deno.TcpConn | undefined;

  constructor({ port, path }: RawLoadOptions, keepAlive: boolean, onAskedToClose: () => void) {
    this.#port = port;
    this.#keepAlive = keepAlive;
    this.#onAskedToClose = onAskedToClose;
    const end = keepAlive ? "\r\n" : "Connection: close\r\n\r\n";
    this.#request = new TextEncoder().encode(`GET ${path} HTTP/1.1\r\nHost: x\r\n${end}`);
  }

  /** Sends one request and reads its response. */
  async exchange(): Promise<Outcome> {
    if (this.#connection === undefined) {
      try {
        this.#connection = await Deno.connect({ hostname: "127.0.0.1", port: this.#port });
      } catch {
        return "unconnected";
      }
    }
    let text = "";
    try {
      await this.#connection.write(this.#request);
      for (;;) {
        const count = await this.#connection.read(this.#buffer);
        if (count === null) break;
        text += String.fromCharCode(...this.#buffer.subarray(0, count));
        if (isWhole(text)) return this.#whole(text);
      }
    } catch {
      // Reset: judged by what was read until then.
    }
    this.close();
    return text === "" ? "reset" : "cut";
  }

  #whole(text: string): Outcome {
    const asked = /\r\nconnection: *close/i.test(text);
    if (asked && this.#keepAlive) this.#onAskedToClose();
    if (asked || !this.#keepAlive) this.close();
    return text.startsWith("HTTP/1.1 200") ? "answered" : "refused";
  }

  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }
}

function isWhole(text: string): boolean {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd < 0) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, headEnd + 2))?.[1];
  return length !== undefined && text.length >= headEnd + 4 + Number(length);
}
