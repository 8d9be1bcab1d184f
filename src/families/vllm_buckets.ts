/**
 * The bucket bounds of vLLM's histograms, by what they measure.
 * The histograms of tokens use `"tokens"` instead.
 *
 * @module
 */
/** Whole requests and their phases, in seconds. */
// deno-fmt-ignore
export const REQUEST_LATENCY: readonly number[] = [0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40,
  50, 60, 120, 240, 480, 960, 1920, 7680];
/** Time to the first token, in seconds. */
// deno-fmt-ignore
export const FIRST_TOKEN: readonly number[] = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25,
  0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560];
/** Time between tokens, in seconds. */
// deno-fmt-ignore
export const INTER_TOKEN: readonly number[] = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5,
  0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80];
/** Tokens of one engine step. */
// deno-fmt-ignore
export const ITERATION_TOKENS: readonly number[] = [1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096,
  8192, 16384];
/** Ages of KV blocks, in seconds. */
// deno-fmt-ignore
export const KV_RESIDENCY: readonly number[] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1,
  2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800];
/** The parameter n of a request. */
// deno-fmt-ignore
export const PARAMS_N: readonly number[] = [1, 2, 5, 10, 20];
/** Preemptions of one request. */
// deno-fmt-ignore
export const PREEMPTIONS: readonly number[] = [1, 2, 3, 4, 5, 10, 20];
/** Bytes of one move between the device and offload storage. */
// deno-fmt-ignore
export const OFFLOAD_BYTES: readonly number[] = [1000000, 5000000, 10000000, 20000000, 40000000,
  60000000, 80000000, 100000000, 150000000, 200000000];
