/**
 * What an API worker is told before it starts.
 *
 * @module
 */
import type { ApiConfig } from "../api/api_config.ts";
import type { RoutingPolicy } from "../client/router.ts";
import type { GatewayConfig } from "../gateway/gateway_config.ts";
import type { Features } from "../metrics/features.ts";
import type { PipelineWorkerData } from "../pipeline/pipeline_worker.ts";

/** A worker before engines of this server. */
export interface EmbeddedWorkerData {
  readonly kind: "embedded";
  readonly api: ApiConfig;
  /** How many engines there are when all are well. */
  readonly engines: number;
  readonly features: Features;
  readonly routing: RoutingPolicy;
}

/** A worker before other servers. */
export interface GatewayWorkerData {
  readonly kind: "gateway";
  readonly gateway: GatewayConfig;
}

/** Any of them. */
export type LlmWorkerData = EmbeddedWorkerData | GatewayWorkerData | PipelineWorkerData;
