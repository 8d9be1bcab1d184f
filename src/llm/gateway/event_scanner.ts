/**
 * Looks at server-sent events in passing.
 *
 * @module
 */

/** A data line longer than this is not looked at. */
const LINE_CHARACTERS_MAX = 1 << 20;

/** Finds the data of events in bytes that come in parts. The bytes themselves are left alone. Owner thread only. */
export class EventScanner {
  readonly #onData: (data: string) => void;
  readonly #decoder = new TextDecoder();
  #rest = "";

  /** @param onData Called with the data of each event, one line each. */
  constructor(onData: (data: string) => void) {
    this.#onData = onData;
  }

  /** Takes the next bytes. */
  push(bytes: Uint8Array): void {
    const text = this.#rest + this.#decoder.decode(bytes, { stream: true });
    let start = 0;
    for (let end = text.indexOf("\n", start); end >= 0; end = text.indexOf("\n", start)) {
      this.#line(text.slice(start, end));
      start = end + 1;
    }
    this.#rest = text.length - start > LINE_CHARACTERS_MAX ? "" : text.slice(start);
  }

  #line(line: string): void {
    if (!line.startsWith("data:")) return;
    const data = line.slice(line[5] === " " ? 6 : 5);
    this.#onData(data.endsWith("\r") ? data.slice(0, -1) : data);
  }
}
