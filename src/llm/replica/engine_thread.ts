/**
 * The life of an engine thread.
 *
 * @module
 */
import { detectHost } from "../../host/detect.ts";
import type { WorkerScope } from "../../host/types.ts";
import { defaultRegistry } from "../../registry/default_registry.ts";
import { Engine } from "../engine/engine.ts";
import type { EngineObserver } from "../engine/engine_observer.ts";
import { FINISH } from "../engine/sequence.ts";
import { defineCacheConfigInfo, EngineMetrics } from "../metrics/engine_metrics.ts";
import { RequestMetrics } from "../metrics/request_metrics.ts";
import { createTextModel } from "../text/default_model.ts";
import { EchoSource } from "../text/text_model.ts";
import { EngineLoop } from "./engine_loop.ts";
import { EngineStatus } from "./engine_status.ts";
import type { EngineStart, FromEngine, ToEngine } from "./thread_messages.ts";

/** Runs an engine. To be called once, at the top level of a thread that main started. */
export async function runEngineThread(): Promise<void> {
  const scope = detectHost().workerScope();
  if (scope === undefined) throw new Error("Cannot run engine: this thread was not started by a server");
  await scope.hold();
  const start = scope.data as EngineStart;
  defaultRegistry.attach(start.attachment);
  const loop = createLoop(start, scope);
  scope.onMessage((message) => receive(loop, message as ToEngine));
  scope.post({ type: "ready" } satisfies FromEngine);
  // The wait for work does not keep the thread alive.
  const alive = setInterval(() => {}, 60_000);
  await loop.run();
  clearInterval(alive);
  defaultRegistry.close();
  scope.exit(0);
}

function createLoop(start: EngineStart, scope: WorkerScope): EngineLoop {
  const { config, model, engine, features, adapters, mode } = start;
  const metrics = new EngineMetrics({ model, engine, config, features, adapters });
  defineCacheConfigInfo({ model, engine, config, features });
  const orphans = new RequestMetrics({ model, engine, tokensMax: config.maxModelLen, features });
  const status = new EngineStatus(start.status);
  const source = mode === "echo"
    ? new EchoSource()
    : createTextModel({ mean: config.outputTokensMean, deviation: config.outputTokensDeviation });
  return new EngineLoop(new Engine(config, { source, observer: withStatus(metrics, status) }), {
    doorbell: start.doorbell,
    events: {
      orphaned: (count) => {
        for (let i = 0; i < count; i++) orphans.ended(FINISH.ABORT);
      },
      publish: () => defaultRegistry.publish(),
      beat: () => {
        if (defaultRegistry.beat()) scope.exit(1);
      },
    },
  });
}

/** The metrics, and beside them the status that workers look at. */
function withStatus(metrics: EngineMetrics, status: EngineStatus): EngineObserver {
  return {
    prefixLookup: (queried, hit) => metrics.prefixLookup(queried, hit),
    offloadLookup: (queried, hit) => metrics.offloadLookup(queried, hit),
    offloadLoaded: (tokens, us) => metrics.offloadLoaded(tokens, us),
    offloadStored: (tokens, us) => metrics.offloadStored(tokens, us),
    offloadSkipped: () => metrics.offloadSkipped(),
    preempted: () => metrics.preempted(),
    blockEvicted: (lifetimeUs, idleUs, gapsUs) => metrics.blockEvicted(lifetimeUs, idleUs, gapsUs),
    speculated: (draft, accepted) => metrics.speculated(draft, accepted),
    stepped: (report) => metrics.stepped(report),
    state: (state) => {
      metrics.state(state);
      status.publish(state);
    },
  };
}

function receive(loop: EngineLoop, message: ToEngine): void {
  switch (message.type) {
    case "attach":
      return loop.attach(message);
    case "detach":
      return loop.detach(message.slot, message.epoch);
    case "stop":
      return loop.stop();
  }
}
