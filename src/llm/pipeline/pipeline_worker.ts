/**
 * The API of a pipeline in one worker.
 *
 * @module
 */
import type { OmniNaming } from "../../families/omni.ts";
import { defaultRegistry } from "../../registry/default_registry.ts";
import type { HandlerScope } from "../../server/extension.ts";
import { type ApiHandler, COMMON_ROUTES, createApi, type Route } from "../api/api.ts";
import type { ApiConfig } from "../api/api_config.ts";
import { type EngineClient, EngineUnavailableError } from "../client/engine_client.ts";
import type { RoutingPolicy } from "../client/router.ts";
import { chatEndpoint } from "./api/chat_endpoint.ts";
import type { PipelineDescription } from "./description.ts";
import { imagesEndpoint, speechEndpoint, videoEndpoint } from "./api/media_endpoints.ts";
import { PipelineClient } from "./api/pipeline_client.ts";
import { type PipelineEndpoint, pipelineEndpoint } from "./api/pipeline_endpoint.ts";
import { PipelineMetrics } from "./pipeline_metrics.ts";
import type { ToPipelineWorker } from "./wire/stage_messages.ts";

/** A worker that does not hear of all replicas within this time serves with those it has heard of. */
const CONNECT_MS = 5000;

/** What a worker before a pipeline is told. */
export interface PipelineWorkerData {
  readonly kind: "pipeline";
  readonly pipeline: PipelineDescription;
  readonly naming: OmniNaming;
  readonly api: ApiConfig;
  readonly routing: RoutingPolicy;
}

const ENDPOINTS: readonly { readonly path: string; readonly answer: PipelineEndpoint }[] = [
  { path: "/v1/chat/completions", answer: chatEndpoint },
  { path: "/v1/audio/speech", answer: speechEndpoint },
  { path: "/v1/images/generations", answer: imagesEndpoint },
  { path: "/v1/videos/sync", answer: videoEndpoint },
];

/** Makes the API of this worker. Resolves when it is connected. */
export async function startPipelineWorker(
  data: PipelineWorkerData,
  scope: HandlerScope,
): Promise<ApiHandler> {
  const { pipeline, naming, routing } = data;
  const metrics = new PipelineMetrics(pipeline, { naming });
  let missing = Infinity;
  const found = Promise.withResolvers<PipelineClient>();
  const complete = Promise.withResolvers<void>();
  let client: PipelineClient | undefined;
  scope.onMessage((message) => {
    const event = message as ToPipelineWorker;
    if (event.type === "doorbell") {
      const { worker: slot, epoch } = scope;
      const { doorbell, open, replicas } = event;
      missing = replicas;
      const publish = () => defaultRegistry.publish();
      client = new PipelineClient({ pipeline, slot, epoch, doorbell, open, metrics, routing, publish });
      void client.run();
      found.resolve(client);
    } else if (event.type === "replica up") {
      client!.connect(event.address);
      missing--;
    } else if (event.type === "replica leaving") client!.leave(event.place);
    else client!.disconnect(event.place);
    if (missing <= 0) complete.resolve();
  });
  const late = setTimeout(complete.resolve, CONNECT_MS);
  await complete.promise;
  clearTimeout(late);
  return createPipelineApi(data, await found.promise);
}

/** The API over a client. */
export function createPipelineApi(data: PipelineWorkerData, client: PipelineClient): ApiHandler {
  const { api: config, pipeline } = data;
  const services = { config, pipeline, client };
  const routes: Route[] = ENDPOINTS.map(({ path, answer }) => ({
    path,
    methods: { POST: pipelineEndpoint(services, answer) },
    guarded: true,
  }));
  return createApi({ config, engines: asEngines(client) }, [...COMMON_ROUTES, ...routes]);
}

/** The pipeline as far as the common endpoints look at engines. */
function asEngines(client: PipelineClient): EngineClient {
  return {
    generate: () => {
      throw new EngineUnavailableError("Cannot generate: this is a pipeline");
    },
    loads: () =>
      client.places.map((_, engine) => ({
        engine,
        running: engine === 0 ? client.runningCount : 0,
        waiting: engine === 0 ? client.waitingCount : 0,
        kvUsage: 0,
        sleepLevel: 0,
      })),
    sleep: () => {},
    wake: () => {},
    resetPrefixCache: () => {},
  };
}
