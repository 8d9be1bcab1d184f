/**
 * Plain TCP: for clients that do not behave.
 *
 * @module
 */

const encoder = new TextEncoder();

/** A TCP connection that sends what it is told. Made with `using`, it is closed with the block. */
export class RawClient implements Disposable {
  readonly #connection: Deno.TcpConn;
  #closed = false;

  constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  /** Sends text or bytes as they are. Resolves with false if the server has closed the connection. */
  async send(data: string | Uint8Array): Promise<boolean> {
    const bytes = typeof data === "string" ? encoder.encode(data) : data;
    try {
      for (let sent = 0; sent < bytes.length;) sent += await this.#connection.write(bytes.subarray(sent));
      return true;
    } catch {
      return false;
    }
  }

  /** Says that nothing more will be sent, and goes on reading. */
  async endSending(): Promise<void> {
    await this.#connection.closeWrite();
  }

  /**
   * Reads until the text holds a match, the server closes, or the time is over.
   *
   * @returns what was read, and whether the server has closed
   */
  async read(until: RegExp, deadlineMs = 5_000): Promise<{ text: string; closed: boolean }> {
    const decoder = new TextDecoder();
    const timer = setTimeout(() => this.close(), deadlineMs);
    const buffer = new Uint8Array(65_536);
    let text = "";
    try {
      while (!until.test(text)) {
        const count = await this.#connection.read(buffer);
        if (count === null) return { text, closed: true };
        text += decoder.decode(buffer.subarray(0, count), { stream: true });
      }
      return { text, closed: false };
    } catch {
      return { text, closed: !this.#closed };
    } finally {
      clearTimeout(timer);
    }
  }

  /** Closes the connection, once. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#connection.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Connects to a port of the loopback. */
export async function connectRaw(port: number): Promise<RawClient> {
  return new RawClient(await Deno.connect({ hostname: "127.0.0.1", port }));
}
