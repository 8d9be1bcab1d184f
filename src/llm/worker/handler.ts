/**
 * The handler module of the LLM server's workers.
 *
 * @module
 */
import type { Context, Handler } from "../../server/context.ts";
import type { HandlerScope } from "../../server/extension.ts";
import type { ApiHandler } from "../api/api.ts";
import { startEmbeddedWorker } from "./embedded_worker.ts";
import { startGatewayWorker } from "./gateway_worker.ts";
import type { LlmWorkerData } from "./worker_data.ts";

let answer: ApiHandler;

const handler: Handler = {
  async start(scope: HandlerScope): Promise<void> {
    const data = scope.data as LlmWorkerData;
    answer = data.kind === "embedded"
      ? await startEmbeddedWorker(data, scope)
      : await startGatewayWorker(data);
  },
  fetch: (request: Request, context: Context) => answer(request, context),
};

export default handler;
