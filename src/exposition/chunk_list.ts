/**
 * The chunks of a body, neither too many nor copied without need.
 *
 * @module
 */
// CONTROL PLANE

/** Chunks of at least this size go out as they are; smaller neighbours are put together up to about this size. */
const CHUNK_BYTES = 32 * 1024;

/** Some small pieces, and the chunk that they make. */
interface Packed {
  readonly pieces: readonly Uint8Array<ArrayBuffer>[];
  readonly chunk: Uint8Array<ArrayBuffer>;
}

/**
 * Puts together the chunks of one body after another. One thread. A large piece is handed on as the object that
 * it is. Small pieces, each with its own cost on the way to the socket, are copied into one chunk; while its pieces
 * are the same objects as in the body before, so is the chunk.
 */
export class ChunkPacker {
  #last: readonly Packed[] = [];

  /** The chunks that hold the pieces in their order. Empty pieces leave no trace. */
  pack(pieces: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer>[] {
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    const packed: Packed[] = [];
    let small: Uint8Array<ArrayBuffer>[] = [];
    let smallBytes = 0;
    const flush = () => {
      if (small.length === 0) return;
      const entry = this.#join(small, { at: packed.length, byteCount: smallBytes });
      packed.push(entry);
      chunks.push(entry.chunk);
      small = [];
      smallBytes = 0;
    };
    for (const piece of pieces) {
      if (piece.length >= CHUNK_BYTES) {
        flush();
        chunks.push(piece);
      } else if (piece.length > 0) {
        small.push(piece);
        smallBytes += piece.length;
        if (smallBytes >= CHUNK_BYTES) flush();
      }
    }
    flush();
    this.#last = packed;
    return chunks;
  }

  #join(pieces: readonly Uint8Array<ArrayBuffer>[], place: { at: number; byteCount: number }): Packed {
    const last = this.#last[place.at];
    // WHY the sizes: somebody may have transferred the chunk away since.
    if (last?.chunk.length === place.byteCount && hasSame(last.pieces, pieces)) return last;
    const chunk = new Uint8Array(place.byteCount);
    let offset = 0;
    for (const piece of pieces) {
      chunk.set(piece, offset);
      offset += piece.length;
    }
    return { pieces, chunk };
  }
}

function hasSame(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  return a.length === b.length && a.every((piece, i) => piece === b[i]);
}
