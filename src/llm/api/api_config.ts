/**
 * What the API is configured by.
 *
 * @module
 */

/** Failures that the server makes up, for tests of clients. */
export const FAILURE_TYPES = [
  "rate_limit",
  "invalid_api_key",
  "context_length",
  "server_error",
  "invalid_request",
  "model_not_found",
] as const;

/** One of {@linkcode FAILURE_TYPES}. */
export type FailureType = typeof FAILURE_TYPES[number];

/** The configuration of the API, the same in every worker. It can be sent between threads. */
export interface ApiConfig {
  /** Names under which the model is served; the first one labels the metrics. */
  readonly models: readonly string[];
  /** LoRA adapters, each a further name of a model. */
  readonly adapters: readonly string[];
  /** The context length. */
  readonly maxModelLen: number;
  /** Keys that clients must show; empty if none is wanted. */
  readonly apiKeys: readonly string[];
  /** Length of embeddings unless the request says otherwise. */
  readonly embeddingDimensions: number;
  /** Requests that may wait over all engines before further ones are refused. */
  readonly maxWaiting: number;
  /** The longest body of a request. */
  readonly bodyBytesMax: number;
  /** The share of requests that fail on purpose, 0 to 1, and how. */
  readonly failureRate: number;
  readonly failureTypes: readonly FailureType[];
  /** Whether `/sleep`, `/wake_up` and `/reset_prefix_cache` are there. */
  readonly sleepMode: boolean;
  /** What `/version` says. */
  readonly version: string;
}

/** The configuration where nothing else is said. */
export const DEFAULT_API_CONFIG: ApiConfig = {
  models: ["promslab-sim"],
  adapters: [],
  maxModelLen: 8192,
  apiKeys: [],
  embeddingDimensions: 384,
  maxWaiting: 1000,
  bodyBytesMax: 32 * 1024 * 1024,
  failureRate: 0,
  failureTypes: FAILURE_TYPES,
  sleepMode: false,
  version: "0.1.0",
};
