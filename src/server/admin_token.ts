/**
 * Who may read the metrics.
 *
 * @module
 */
// CONTROL PLANE

/**
 * Whether an `Authorization` header has the token: as a bearer token, as Prometheus sends it, or as the password of
 * basic authentication, which is what a browser asks a person for. The time it takes does not depend on where they differ.
 */
export function hasToken(authorization: string | null, token: string): boolean {
  const [, scheme, credentials] = /^(\w+) +(\S+)$/.exec(authorization ?? "") ?? [];
  switch (scheme?.toLowerCase()) {
    case "bearer":
      return isEqual(credentials, token);
    case "basic":
      return isEqual(passwordOf(credentials), token);
    default:
      return false;
  }
}

/**
 * What tells a client how to come back. WHY in this order and with both realms: of several challenges Chromium reads the
 * first line only, and asks the person for a password if it finds Basic with a realm before anything else.
 */
export const CHALLENGE = 'Basic realm="promslab", Bearer realm="promslab"';

function passwordOf(credentials: string): string {
  try {
    const text = new TextDecoder().decode(Uint8Array.from(atob(credentials), (char) => char.charCodeAt(0)));
    return text.slice(text.indexOf(":") + 1);
  } catch {
    return "";
  }
}

function isEqual(given: string, wanted: string): boolean {
  const encoder = new TextEncoder();
  const [a, b] = [encoder.encode(given), encoder.encode(wanted)];
  let difference = a.length ^ b.length;
  for (let i = 0; i < b.length; i++) difference |= (a[i] ?? 0) ^ b[i];
  return difference === 0;
}
