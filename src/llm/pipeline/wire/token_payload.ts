/**
 * Tokens with their hidden states, as one stage hands them to the next.
 *
 * @module
 */

/** The bytes of tokens: each token's id, then made-up state up to `bytesPerToken`. */
export function packTokens(tokens: readonly number[], bytesPerToken: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(tokens.length * bytesPerToken);
  const view = new DataView(bytes.buffer);
  for (const [i, token] of tokens.entries()) {
    const at = i * bytesPerToken;
    bytes.fill(token & 0xff, at, at + bytesPerToken);
    view.setInt32(at, token, true);
  }
  return bytes;
}

/** The ids of packed tokens. */
export function unpackTokens(bytes: Uint8Array<ArrayBuffer>, bytesPerToken: number): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from(
    { length: bytes.length / bytesPerToken },
    (_, i) => view.getInt32(i * bytesPerToken, true),
  );
}
