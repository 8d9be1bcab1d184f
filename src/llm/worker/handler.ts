/**
 * The handler module of the LLM server's workers.
 *
 * @module
 */
import type { Context, Handler } from "../../server/context.ts";
import type { HandlerScope } from "../../server/extension.ts";
import type { ApiHandler } from "../api/api.ts";
import { startPipelineWorker } from "../pipeline/pipeline_worker.ts";
import { startEmbeddedWorker } from "./embedded_worker.ts";
import { startGatewayWorker } from "./gateway_worker.ts";
import type { LlmWorkerData } from "./worker_data.ts";

let answer: ApiHandler;

function startWorker(data: LlmWorkerData, scope: HandlerScope): Promise<ApiHandler> {
  switch (data.kind) {
    case "embedded":
      return startEmbeddedWorker(data, scope);
    case "gateway":
      return startGatewayWorker(data);
    case "pipeline":
      return startPipelineWorker(data, scope);
  }
}

const handler: Handler = {
  async start(scope: HandlerScope): Promise<void> {
    const data = scope.data as LlmWorkerData;
    answer = await startWorker(data, scope);
  },
  fetch: (request: Request, context: Context) => answer(request, context),
};

export default handler;
