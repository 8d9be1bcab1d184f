/**
 * Names keys without telling them.
 *
 * @module
 */

const KEYS_MAX = 1000;
const hashes = new Map<string, string>();

/** SHA-256 of a key, as hexadecimal digits; the last keys are remembered. */
export async function hashKey(key: string): Promise<string> {
  const known = hashes.get(key);
  if (known !== undefined) return known;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key));
  const hash = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  if (hashes.size >= KEYS_MAX) hashes.clear();
  hashes.set(key, hash);
  return hash;
}
