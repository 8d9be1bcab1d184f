/**
 * What a picture is before it is decoded, and how large.
 *
 * @module
 */
import type { StageDescription } from "../description.ts";
import type { MediaWish } from "./ticket.ts";

/** Pixels of a side for each latent, and bytes of a latent: one for each colour. */
const SCALE = 8;
const COLOURS = 3;

/** A picture's size in pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** The size of a request's pictures: as it wishes, else as the decoding stage has it. */
export function pictureSize(decoder: StageDescription, wish: MediaWish | undefined): PictureSize {
  if (decoder.kind !== "image" && decoder.kind !== "video") {
    throw new TypeError(`Cannot size pictures of stage "${decoder.name}": it is of kind ${decoder.kind}`);
  }
  return { width: wish?.width ?? decoder.width, height: wish?.height ?? decoder.height };
}

/** The bytes of a picture's latents. */
export function latentBytes(decoder: StageDescription, wish: MediaWish | undefined): number {
  const { width, height } = pictureSize(decoder, wish);
  return Math.ceil(width / SCALE) * Math.ceil(height / SCALE) * COLOURS;
}

/** Pixels, three bytes each, row by row: each latent's colour, blended with a gradient so that sides are seen. */
export function decodeLatents(latents: Uint8Array, { width, height }: PictureSize): Uint8Array<ArrayBuffer> {
  const pixels = new Uint8Array(width * height * COLOURS);
  const columns = Math.ceil(width / SCALE);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (Math.floor(y / SCALE) * columns + Math.floor(x / SCALE)) * COLOURS;
      pixels[at++] = latents[from] + x * 255 / width >> 1;
      pixels[at++] = latents[from + 1] + y * 255 / height >> 1;
      pixels[at++] = latents[from + 2];
    }
  }
  return pixels;
}
