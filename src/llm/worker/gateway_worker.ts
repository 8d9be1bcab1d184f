/**
 * The gateway in one worker.
 *
 * @module
 */
import { defaultRegistry } from "../../registry/default_registry.ts";
import type { ApiHandler } from "../api/api.ts";
import { Gateway } from "../gateway/gateway.ts";
import { GatewayMetrics } from "../gateway/gateway_metrics.ts";
import { LitellmMetrics } from "../gateway/litellm_metrics.ts";
import type { GatewayWorkerData } from "./worker_data.ts";

/** Makes the gateway of this worker. Resolves when it has looked at its upstreams. */
export async function startGatewayWorker({ gateway: config }: GatewayWorkerData): Promise<ApiHandler> {
  const gateway = new Gateway({
    config,
    metrics: new GatewayMetrics({ tokensMax: config.maxModelLen }),
    litellm: new LitellmMetrics(config),
    publish: () => defaultRegistry.publish(),
  });
  await gateway.start();
  return gateway.handle;
}
