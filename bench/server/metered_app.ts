/**
 * The application with what it would record of its streams itself, by promslab.
 *
 * @module
 */
import { Counter, Histogram } from "../../mod.ts";
import app, { STREAM_PATH } from "./app.ts";
import { streamTokens } from "./stream_app.ts";
import { streamMeter } from "./stream_meter.ts";

const meter = streamMeter({
  counter: (options) => new Counter(options),
  histogram: (options) => new Histogram(options),
});

export default {
  /** Answers one request. */
  fetch(request: Request, context: { route: string | undefined }): Response {
    if (!request.url.endsWith(STREAM_PATH)) return app.fetch(request, context);
    context.route = STREAM_PATH;
    return streamTokens(meter);
  },
};
