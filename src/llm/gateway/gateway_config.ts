/**
 * What the gateway is configured by.
 *
 * @module
 */

/** A server that requests are forwarded to. */
export interface UpstreamConfig {
  /** Where its API begins, such as `http://10.0.0.1:8000`; `/v1/…` is appended. */
  readonly url: string;
  /** The key that it wants; without one the client's own is passed on. */
  readonly apiKey?: string;
}

/** The configuration of the gateway, the same in every worker. It can be sent between threads. */
export interface GatewayConfig {
  readonly upstreams: readonly UpstreamConfig[];
  /** Keys that clients must show; empty if none is wanted. */
  readonly apiKeys: readonly string[];
  /** How often a request that failed before its first byte is tried anew. */
  readonly retries: number;
  /** How long an upstream may take to begin its answer. */
  readonly firstByteMs: number;
  /** How long a stream may be silent. */
  readonly idleMs: number;
  /** After so many failures in a row an upstream rests. */
  readonly failuresMax: number;
  /** For how long. */
  readonly cooldownMs: number;
  /** How often the health of the upstreams is looked at. */
  readonly healthMs: number;
  readonly bodyBytesMax: number;
  /** US dollars for a token of a prompt and of an output; spend is counted if one is not 0. */
  readonly inputCostPerToken: number;
  readonly outputCostPerToken: number;
  /** The context length, for histograms of token counts. */
  readonly maxModelLen: number;
  /** Whether the older names of families are exposed too. */
  readonly deprecated: boolean;
}

/** The configuration where nothing else is said. */
export const DEFAULT_GATEWAY_CONFIG: GatewayConfig = {
  upstreams: [],
  apiKeys: [],
  retries: 2,
  firstByteMs: 600_000,
  idleMs: 600_000,
  failuresMax: 3,
  cooldownMs: 5000,
  healthMs: 5000,
  bodyBytesMax: 32 * 1024 * 1024,
  inputCostPerToken: 0,
  outputCostPerToken: 0,
  maxModelLen: 131072,
  deprecated: false,
};
