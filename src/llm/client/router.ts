/**
 * Which engine a request goes to.
 *
 * @module
 */

/** An engine that can take requests. */
export interface Candidate {
  readonly engine: number;
  /** Requests that it has not finished, as far as is known. */
  readonly load: number;
}

/** How requests are spread. */
export type RoutingPolicy = "least-loaded" | "sticky";

/** Chooses engines for requests. Owner thread only. */
export class Router {
  readonly #policy: RoutingPolicy;
  #turn = 0;

  /** @param policy With `sticky` requests of one key go to one engine; those without a key go to the least loaded. */
  constructor(policy: RoutingPolicy) {
    this.#policy = policy;
  }

  /** The engine for a request, or undefined if there are no candidates. Ties go round. */
  choose<C extends Candidate>(candidates: readonly C[], key: string | undefined): C | undefined {
    if (this.#policy === "sticky" && key !== undefined) return preferred(candidates, key);
    const least = Math.min(...candidates.map(({ load }) => load));
    const idle = candidates.filter(({ load }) => load === least);
    return idle[this.#turn++ % idle.length];
  }
}

/** Rendezvous hashing: an engine that comes or goes moves only the keys that are its own. */
function preferred<C extends Candidate>(candidates: readonly C[], key: string): C | undefined {
  let best: C | undefined;
  let bestScore = -1;
  for (const candidate of candidates) {
    const score = hash(`${candidate.engine}/${key}`);
    if (score > bestScore) [best, bestScore] = [candidate, score];
  }
  return best;
}

/** FNV-1a, finished so that keys that differ in their last character are far apart. */
function hash(text: string): number {
  let bits = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) bits = Math.imul(bits ^ text.charCodeAt(i), 0x01000193);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  return (bits ^ (bits >>> 13)) >>> 0;
}
