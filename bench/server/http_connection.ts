/**
 * One kept-alive HTTP/1.1 connection, as lean as a load generator needs it.
 *
 * @module
 */

const decoder = new TextDecoder("latin1");

/** Asks for one path again and again, one request at a time. */
export class HttpConnection {
  readonly #connection: Deno.TcpConn;
  readonly #request: Uint8Array;
  readonly #buffer: Uint8Array = new Uint8Array(64 * 1024);

  private constructor(connection: Deno.TcpConn, path: string) {
    this.#connection = connection;
    this.#request = new TextEncoder().encode(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
    connection.setNoDelay(true);
  }

  static async open(port: number, path: string): Promise<HttpConnection> {
    return new HttpConnection(await Deno.connect({ hostname: "127.0.0.1", port }), path);
  }

  /**
   * Sends a request and reads its response to the end.
   *
   * @throws {Error} If the response is not a complete one of status 200 with a length.
   */
  async ask(): Promise<void> {
    await this.#connection.write(this.#request);
    let text = "";
    for (;;) {
      const count = await this.#connection.read(this.#buffer);
      if (count === null) throw new Error("Cannot read the response: the server has closed the connection");
      text += decoder.decode(this.#buffer.subarray(0, count));
      const head = text.indexOf("\r\n\r\n");
      if (head < 0) continue;
      const length = /^HTTP\/1\.1 200 [\s\S]*?\r\ncontent-length: (\d+)\r\n/i.exec(text)?.[1];
      if (length === undefined) throw new Error(`Cannot use the response "${text.slice(0, 80)}"`);
      if (text.length >= head + 4 + Number(length)) return;
    }
  }

  close(): void {
    this.#connection.close();
  }
}
