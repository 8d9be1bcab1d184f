/**
 * Keys that clients show.
 *
 * @module
 */

/** Whether a request shows one of the keys, or none is wanted. */
export function showsKey(request: Request, keys: readonly string[]): boolean {
  if (keys.length === 0) return true;
  const shown = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
  // All keys are compared, each in full, so that the time says nothing about them.
  let known = false;
  for (const key of keys) known = equalSlowly(key, shown) || known;
  return known;
}

function equalSlowly(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ (b.charCodeAt(i % (b.length || 1)) || 0);
  return difference === 0;
}
