/**
 * The chunks of a body, neither too many nor copied without need.
 *
 * @module
 */
// CONTROL PLANE
import type { LentBytes } from "./slotted_body.ts";

/** Pieces of at least this size go out as they are; smaller neighbours are put together up to about this size. */
const CHUNK_BYTES = 32 * 1024;

/** Some small pieces, and the chunk that they make. */
interface Packed {
  readonly pieces: readonly Uint8Array[];
  readonly chunk: Uint8Array<ArrayBuffer>;
}

/** The chunks of one body, and the loans that they hold. */
export interface PackedChunks {
  readonly chunks: readonly Uint8Array<ArrayBuffer>[];
  /** The pieces among the chunks; those that were copied are back already. */
  readonly lent: readonly LentBytes[];
}

/**
 * Puts together the chunks of one body after another. One thread. A large piece is handed on as the object that
 * it is. Small pieces, each with its own cost on the way to the socket, are copied into one chunk; while its pieces
 * are the same objects as in the body before, so is the chunk.
 */
export class ChunkPacker {
  #last: readonly Packed[] = [];

  /** The chunks that hold the pieces in their order. Empty pieces leave no trace. */
  pack(pieces: readonly LentBytes[]): PackedChunks {
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    const lent: LentBytes[] = [];
    const packed: Packed[] = [];
    let small: Uint8Array[] = [];
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
      const { bytes } = piece;
      if (bytes.length >= CHUNK_BYTES) {
        flush();
        chunks.push(bytes);
        lent.push(piece);
        continue;
      }
      if (bytes.length === 0) continue;
      small.push(bytes);
      smallBytes += bytes.length;
      if (smallBytes >= CHUNK_BYTES) flush();
    }
    flush();
    for (const piece of pieces) {
      if (piece.bytes.length < CHUNK_BYTES) piece.release();
    }
    this.#last = packed;
    return { chunks, lent };
  }

  #join(pieces: readonly Uint8Array[], place: { at: number; byteCount: number }): Packed {
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
