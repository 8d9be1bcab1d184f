/**
 * Bytes made smaller, by the codecs that all three runtimes bring.
 *
 * @module
 */
import * as zlib from "node:zlib";

/** A coding that a runtime may have a codec for. */
export type Coding = "gzip" | "zstd";

/** The part of a codec's stream that is used here. */
interface Codec {
  on(event: "data", listener: (bytes: Uint8Array<ArrayBuffer>) => void): unknown;
  once(event: "error", listener: (error: Error) => void): unknown;
  once(event: "end", listener: () => void): unknown;
  write(bytes: Uint8Array, done: (error?: Error | null) => void): unknown;
  end(): unknown;
  destroy(): unknown;
}

/** Codecs by name; those that a runtime lacks are undefined. Node has zstd since 22.15. */
const codecs = zlib as unknown as {
  readonly createGzip: (options: { level: number }) => Codec;
  readonly createZstdCompress?: (options: { params: Record<number, number> }) => Codec;
  readonly constants: { readonly ZSTD_c_compressionLevel?: number };
};

/** The codings that this runtime can make. Any thread. */
export const CODINGS: readonly Coding[] = codecs.createZstdCompress === undefined
  ? ["gzip"]
  : ["gzip", "zstd"];

/**
 * Compresses chunks one after the other. The chunks must not change before it has ended. Any thread.
 *
 * @param chunks the bytes
 * @param how the coding, its level, and what to wait for between two chunks
 * @throws {Error} If the codec fails
 */
export async function compress(
  chunks: Iterable<Uint8Array>,
  how: { readonly coding: Coding; readonly level: number; readonly pause?: () => Promise<void> | undefined },
): Promise<Uint8Array<ArrayBuffer>[]> {
  const codec = open(how.coding, how.level);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    codec.once("error", reject);
    codec.once("end", resolve);
  });
  // WHY: a failure shows in the write that is under way too, and is reported there.
  ended.catch(() => {});
  codec.on("data", (bytes) => void parts.push(bytes));
  try {
    for (const chunk of chunks) {
      await new Promise<void>((resolve, reject) => {
        codec.write(chunk, (error) => error ? reject(error) : resolve());
      });
      await how.pause?.();
    }
    codec.end();
    await ended;
  } finally {
    codec.destroy();
  }
  return parts;
}

function open(coding: Coding, level: number): Codec {
  if (coding === "gzip") return codecs.createGzip({ level });
  const { createZstdCompress, constants: { ZSTD_c_compressionLevel: parameter } } = codecs;
  if (createZstdCompress === undefined || parameter === undefined) {
    throw new Error(`Cannot compress as "${coding}": this runtime has no such codec`);
  }
  return createZstdCompress({ params: { [parameter]: level } });
}
