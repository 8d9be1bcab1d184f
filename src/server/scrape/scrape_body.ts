/**
 * The body of an answer, taken piece by piece.
 *
 * @module
 */
// CONTROL PLANE

/** A piece of a body on its way to a reader. */
const PIECE_BYTES = 64 * 1024;

/**
 * Bytes for one reader. Each piece is a copy, so what it was copied from may be written to as soon as the last piece is
 * taken: a large body is never there twice, however slow its reader. One thread.
 */
export class ScrapeBody {
  readonly byteLength: number;
  #chunks: readonly Uint8Array<ArrayBuffer>[];
  readonly #onEnd: () => void;
  #chunk = 0;
  #offset = 0;
  #left: number;
  #isOpen = true;
  #isCut = false;

  /**
   * @param chunks the bytes, which must not change before the end
   * @param onEnd called once, when the last piece was taken or the reader has left
   */
  constructor(chunks: readonly Uint8Array<ArrayBuffer>[], onEnd: () => void = () => {}) {
    this.#chunks = chunks;
    this.#onEnd = onEnd;
    this.byteLength = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    this.#left = this.byteLength;
  }

  /** Whether there is something left to take. */
  get hasMore(): boolean {
    return this.#left > 0 || this.#isCut;
  }

  /**
   * All bytes of a body that fits one piece, of which nothing was taken yet, if they lie together: not a copy, so they
   * are to be copied before {@linkcode ScrapeBody.close}. `undefined` of any other body.
   */
  get whole(): Uint8Array<ArrayBuffer> | undefined {
    const { byteLength } = this;
    return this.#chunks.length === 1 && this.#left === byteLength && byteLength <= PIECE_BYTES
      ? this.#chunks[0]
      : undefined;
  }

  /**
   * The next piece; undefined behind the last one.
   *
   * @param bytesMax the most bytes of the piece
   * @throws {Error} If the reader took too long
   */
  read(bytesMax: number = PIECE_BYTES): Uint8Array<ArrayBuffer> | undefined {
    if (this.#isCut) throw new Error("Cannot send metrics: the scrape's time is over");
    if (this.#left === 0) {
      this.close();
      return undefined;
    }
    const piece = new Uint8Array(Math.min(bytesMax, this.#left));
    for (let filled = 0; filled < piece.length;) {
      const chunk = this.#chunks[this.#chunk];
      const part = chunk.subarray(this.#offset, this.#offset + piece.length - filled);
      piece.set(part, filled);
      filled += part.length;
      this.#offset += part.length;
      if (this.#offset < chunk.length) continue;
      this.#chunk++;
      this.#offset = 0;
    }
    this.#left -= piece.length;
    if (this.#left === 0) this.close();
    return piece;
  }

  /** Lets go of the bytes: the reader wants no more. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#left = 0;
    this.#chunks = [];
    this.#onEnd();
  }

  /** Lets go of the bytes of a reader that took too long, who learns of it when it wants the next piece. */
  cut(): void {
    if (!this.#isOpen) return;
    this.#isCut = true;
    this.close();
  }
}
