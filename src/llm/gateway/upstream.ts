/**
 * A server that requests are forwarded to, and how it does.
 *
 * @module
 */
import type { UpstreamConfig } from "./gateway_config.ts";

/** What LiteLLM's `litellm_deployment_state` says. */
export const UPSTREAM_STATE = { HEALTHY: 0, PARTIAL_OUTAGE: 1, OUTAGE: 2 } as const;

/** Told when the state of an upstream changes. */
export interface UpstreamEvents {
  stateChanged(upstream: Upstream): void;
  cooledDown(upstream: Upstream, status: string): void;
}

/** One upstream as one worker sees it. Owner thread only. */
export class Upstream {
  readonly index: number;
  readonly config: UpstreamConfig;
  /** Requests that it has not finished. */
  inFlight = 0;
  /** Models that it has, as far as it said. */
  models: readonly string[] = [];
  readonly #limits: { readonly failuresMax: number; readonly cooldownMs: number };
  readonly #events: UpstreamEvents;
  #failures = 0;
  #restsUntilMs = 0;
  #reachable = true;
  #state: number = UPSTREAM_STATE.HEALTHY;

  constructor(
    config: UpstreamConfig,
    options: { index: number; limits: { failuresMax: number; cooldownMs: number }; events: UpstreamEvents },
  ) {
    this.config = config;
    this.index = options.index;
    this.#limits = options.limits;
    this.#events = options.events;
  }

  /** The host name and port, which name the upstream in labels. */
  get id(): string {
    return new URL(this.config.url).host;
  }

  /** One of {@linkcode UPSTREAM_STATE}. */
  get state(): number {
    return this.#state;
  }

  /** The URL of a path of its API. */
  urlOf(path: string): string {
    return this.config.url.replace(/\/(v1\/?)?$/, "") + path;
  }

  /** Whether requests should go there. */
  isAvailable(nowMs: number): boolean {
    return this.#reachable && nowMs >= this.#restsUntilMs;
  }

  /** It answered. */
  succeeded(): void {
    this.#failures = 0;
    this.#restsUntilMs = 0;
    this.#reachable = true;
    this.#become(UPSTREAM_STATE.HEALTHY);
  }

  /** It did not answer, or with an error of its own; `status` names the error in labels. */
  failed(status: string, nowMs: number): void {
    if (++this.#failures < this.#limits.failuresMax) return this.#become(UPSTREAM_STATE.PARTIAL_OUTAGE);
    this.#failures = 0;
    this.#restsUntilMs = nowMs + this.#limits.cooldownMs;
    this.#become(UPSTREAM_STATE.OUTAGE);
    this.#events.cooledDown(this, status);
  }

  /** A look at its health found this. */
  seen(reachable: boolean): void {
    if (reachable === this.#reachable) return;
    this.#reachable = reachable;
    if (reachable) this.succeeded();
    else this.#become(UPSTREAM_STATE.OUTAGE);
  }

  #become(state: number): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#events.stateChanged(this);
  }
}

/**
 * The upstream for the next try: of those that are available and not yet tried the one with the fewest requests,
 * else of all not yet tried, else of all.
 */
export function chooseUpstream(
  upstreams: readonly Upstream[],
  options: { tried: ReadonlySet<Upstream>; nowMs: number; turn: number },
): Upstream {
  const fresh = upstreams.filter((upstream) => !options.tried.has(upstream));
  const available = fresh.filter((upstream) => upstream.isAvailable(options.nowMs));
  const candidates = available.length > 0 ? available : fresh.length > 0 ? fresh : upstreams;
  const least = Math.min(...candidates.map(({ inFlight }) => inFlight));
  const idle = candidates.filter(({ inFlight }) => inFlight === least);
  return idle[options.turn % idle.length];
}
