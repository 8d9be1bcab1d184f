/**
 * The API in one worker, connected to the engines as main announces them.
 *
 * @module
 */
import { defaultRegistry } from "../../registry/default_registry.ts";
import { type ApiHandler, createApi } from "../api/api.ts";
import { RingEngineClient } from "../client/ring_engine_client.ts";
import { RequestMetrics } from "../metrics/request_metrics.ts";
import type { ToApiWorker } from "../replica/thread_messages.ts";
import type { EmbeddedWorkerData } from "./worker_data.ts";

/** A worker that does not hear of all engines within this time serves with those it has heard of. */
const CONNECT_MS = 5000;

/** How a worker hears from main. */
export interface WorkerMail {
  /** Names the one function that gets main's messages. */
  onMessage(listener: (message: unknown) => void): void;
}

/** Makes the API of this worker. Resolves when it is connected. */
export async function startEmbeddedWorker(data: EmbeddedWorkerData, mail: WorkerMail): Promise<ApiHandler> {
  const { api, features, engines } = data;
  const define = (engine: number) =>
    new RequestMetrics({ model: api.models[0], engine, tokensMax: api.maxModelLen, features });
  // Made for all engines at once, so that their series are there before the first request.
  const metrics = new Map(Array.from({ length: engines }, (_, engine) => [engine, define(engine)]));
  const client = Promise.withResolvers<RingEngineClient>();
  const complete = Promise.withResolvers<void>();
  let current: RingEngineClient | undefined;
  mail.onMessage((message) => {
    const event = message as ToApiWorker;
    if (event.type === "doorbell") {
      current = new RingEngineClient({
        doorbell: event.doorbell,
        metricsOf: (engine) => metrics.get(engine)!,
        routing: data.routing,
        publish: () => defaultRegistry.publish(),
        onError: (error) => console.error("promslab: an answer failed:", error),
      });
      void current.run();
      client.resolve(current);
    } else if (event.type === "engine up") {
      current!.connect(event.address);
      if (current!.loads().length === engines) complete.resolve();
    } else current!.disconnect(event.engine, event.epoch);
  });
  const late = setTimeout(complete.resolve, CONNECT_MS);
  await complete.promise;
  clearTimeout(late);
  return createApi({ config: api, engines: await client.promise });
}
