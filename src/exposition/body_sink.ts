/**
 * What all sinks of bytes share: the pieces of one body, from the first to the release of its chunks.
 *
 * @module
 */
// CONTROL PLANE
import type { FamilySamples } from "../model/samples.ts";
import type { ChunkPacker } from "./chunk_list.ts";
import type { ByteSink } from "./format.ts";
import type { LentBytes } from "./slotted_body.ts";

/** Adds the pieces of a body that the next block brings. */
export type PieceSource = (samples: FamilySamples, add: (piece: LentBytes) => void) => void;

/** A sink over a format's renderer. One scrape. */
export class BodySink implements ByteSink {
  readonly #source: PieceSource;
  readonly #packer: ChunkPacker;
  readonly #footer: Uint8Array<ArrayBuffer>;
  readonly #pieces: LentBytes[] = [];
  #lent: readonly LentBytes[] = [];

  constructor(parts: { source: PieceSource; packer: ChunkPacker; footer: Uint8Array<ArrayBuffer> }) {
    this.#source = parts.source;
    this.#packer = parts.packer;
    this.#footer = parts.footer;
  }

  samples(samples: FamilySamples): void {
    this.#source(samples, (piece) => void this.#pieces.push(piece));
  }

  finish(): readonly Uint8Array<ArrayBuffer>[] {
    const { chunks, lent } = this.#packer.pack([...this.#pieces, lasting(this.#footer)]);
    this.#lent = lent;
    return chunks;
  }

  release(): void {
    for (const piece of this.#lent) piece.release();
    this.#lent = [];
  }
}

/** A piece that never changes. */
export function lasting(bytes: Uint8Array<ArrayBuffer>): LentBytes {
  return { bytes, release() {} };
}
