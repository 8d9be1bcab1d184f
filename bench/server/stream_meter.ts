/**
 * What an LLM gateway records of its streams, through prom-client's interface: three families for every token and
 * request, bound once.
 *
 * @module
 */
import { BUCKETS } from "../micro/works.ts";
import type { Library } from "../peers/prom_client_api.ts";
import type { StreamMeter } from "./stream_app.ts";

/** Defines the families in a library. */
export function streamMeter(library: Pick<Library, "counter" | "histogram">): StreamMeter {
  const labelNames = ["model"];
  const buckets = [...BUCKETS];
  const tokens = library.counter({
    name: "llm_generation_tokens_total",
    help: "Tokens that went out.",
    labelNames,
  }).labels("model-a");
  const gap = library.histogram({
    name: "llm_inter_token_seconds",
    help: "Time from one token to the next.",
    labelNames,
    buckets,
  }).labels("model-a");
  const lengths = library.histogram({
    name: "llm_request_tokens",
    help: "Tokens of a request.",
    labelNames,
    buckets: [1, 10, 100, 1000, 10_000],
  }).labels("model-a");
  return {
    token(seconds) {
      tokens.inc();
      gap.observe(seconds);
    },
    end(count) {
      lengths.observe(count);
    },
  };
}
