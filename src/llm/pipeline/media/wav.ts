/**
 * The WAV format: 16-bit samples of one channel.
 *
 * @module
 */

const HEADER_BYTES = 44;
const SAMPLE_BYTES = 2;
/** What a stream says that does not know its length. */
const UNKNOWN = 0xffffffff;

/** The header of a WAV file with so many bytes of samples; undefined for a stream whose end is not known. */
export function wavHeader(sampleRate: number, dataBytes: number | undefined): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  const text = (at: number, value: string) => bytes.set(new TextEncoder().encode(value), at);
  text(0, "RIFF");
  view.setUint32(4, dataBytes === undefined ? UNKNOWN : HEADER_BYTES - 8 + dataBytes, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * SAMPLE_BYTES, true);
  view.setUint16(32, SAMPLE_BYTES, true);
  view.setUint16(34, SAMPLE_BYTES * 8, true);
  text(36, "data");
  view.setUint32(40, dataBytes ?? UNKNOWN, true);
  return bytes;
}

/** A whole WAV file. */
export function encodeWav(sampleRate: number, parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const dataBytes = parts.reduce((sum, { length }) => sum + length, 0);
  const bytes = new Uint8Array(HEADER_BYTES + dataBytes);
  bytes.set(wavHeader(sampleRate, dataBytes));
  let at = HEADER_BYTES;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
