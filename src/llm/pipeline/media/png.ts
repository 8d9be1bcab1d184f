/**
 * Encodes pictures as PNG, several as an animated one.
 *
 * @module
 */
import type { PictureSize } from "../wire/latents.ts";

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const COLOURS = 3;
/** Eight bits of each of three colours. */
const TRUE_COLOUR = 2;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let crc = n;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ crc >>> 1 : crc >>> 1;
  return crc >>> 0;
});

/**
 * The bytes of a PNG file.
 *
 * @param pictures pixels of each, three bytes, row by row; more than one make an animation
 */
export async function encodePng(
  pictures: readonly Uint8Array[],
  options: PictureSize & { readonly framesPerSecond?: number },
): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height, framesPerSecond = 1 } = options;
  const parts: Uint8Array[] = [SIGNATURE];
  parts.push(
    chunk("IHDR", numbers([width, 4], [height, 4], [8, 1], [TRUE_COLOUR, 1], [0, 1], [0, 1], [0, 1])),
  );
  const animated = pictures.length > 1;
  if (animated) parts.push(chunk("acTL", numbers([pictures.length, 4], [0, 4])));
  let sequence = 0;
  for (const [i, pixels] of pictures.entries()) {
    if (animated) {
      const place = numbers([sequence++, 4], [width, 4], [height, 4], [0, 4], [0, 4]);
      parts.push(chunk("fcTL", joined([place, numbers([1, 2], [framesPerSecond, 2], [0, 1], [0, 1])])));
    }
    const data = await deflate(withFilters(pixels, width * COLOURS));
    parts.push(i === 0 ? chunk("IDAT", data) : chunk("fdAT", joined([numbers([sequence++, 4]), data])));
  }
  parts.push(chunk("IEND", new Uint8Array(0)));
  return joined(parts);
}

/** Each row begins with the number of its filter: none. */
function withFilters(pixels: Uint8Array, rowBytes: number): Uint8Array<ArrayBuffer> {
  const rows = pixels.length / rowBytes;
  const bytes = new Uint8Array(rows * (rowBytes + 1));
  for (let row = 0; row < rows; row++) {
    bytes.set(pixels.subarray(row * rowBytes, (row + 1) * rowBytes), row * (rowBytes + 1) + 1);
  }
  return bytes;
}

/** The platform's deflate, in the zlib wrapping that PNG wants. */
async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const named = joined([new TextEncoder().encode(type), data]);
  return joined([numbers([data.length, 4]), named, numbers([crcOf(named), 4])]);
}

/** The check sum of a chunk's type and data. */
export function crcOf(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 0xff] ^ crc >>> 8;
  return (crc ^ 0xffffffff) >>> 0;
}

/** Numbers with the highest byte first, each with its length in bytes. */
function numbers(...values: readonly (readonly [number, number])[]): Uint8Array {
  return Uint8Array.from(
    values.flatMap(([value, bytes]) =>
      Array.from({ length: bytes }, (_, i) => value / 256 ** (bytes - 1 - i) & 0xff)
    ),
  );
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
