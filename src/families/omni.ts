/**
 * vLLM-Omni's metric families: what a pipeline of stages exposes beside the families of its engines.
 *
 * Names are without their prefix, which is an option, as upstream has had three of them. Families of which only the
 * name is known upstream are here where this system can feed them; those that it cannot feed are not.
 *
 * @module
 */
import { counterSpec, type FamilySpec, gaugeSpec, histogramSpec, type SpecOptions } from "./family_spec.ts";

/** Seconds of whole requests and stages. */
const SECONDS: readonly number[] = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300];
/** Seconds of steps, hops and waits. */
const FAST: readonly number[] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];
/** Generation time over the length of what was generated. */
const REAL_TIME: readonly number[] = [0.1, 0.25, 0.5, 0.75, 0.9, 1, 1.25, 1.5, 2, 5, 10];
/** 1 KiB to 256 MiB. */
const BYTES: readonly number[] = Array.from({ length: 10 }, (_, power) => 1024 * 4 ** power);
const STEPS: readonly number[] = [1, 2, 4, 8, 16, 20, 25, 30, 40, 50, 75, 100];

const MODEL = ["model_name"] as const;
const PLACE = ["model_name", "stage", "replica"] as const;
const STAGE = ["model_name", "stage"] as const;
const EDGE = ["model_name", "from_stage", "from_replica", "to_stage", "to_replica"] as const;

/** Who has the series of a family: the whole pipeline, each pair of connected replicas, or stages that do this. */
export type OmniScope =
  | "pipeline"
  | "edge"
  /** Every stage. */
  | "stage"
  /** Stages that give audio. */
  | "audio"
  /** Stages that denoise. */
  | "diffusion"
  /** Stages that decode images. */
  | "image"
  /** Stages that decode images or video. */
  | "decoder";

/** A name that a family had in an earlier release. */
export interface OmniAlias {
  readonly name: string;
  /** What values are multiplied by: 1000 where they were milliseconds. */
  readonly scale: number;
}

/** One family, its name without the prefix. */
export interface OmniFamily<S extends FamilySpec = FamilySpec> {
  readonly spec: S;
  readonly scope: OmniScope;
  readonly aliases: readonly OmniAlias[];
}

/** Seconds, under a name that meant milliseconds. */
function milliseconds(name: string): OmniAlias {
  return { name, scale: 1000 };
}

function row<S extends FamilySpec>(
  scope: OmniScope,
  spec: S,
  aliases: readonly OmniAlias[] = [],
): OmniFamily<S> {
  return { spec, scope, aliases };
}

function seconds<const L extends string>(name: string, help: string, labels: readonly L[], buckets = FAST) {
  return histogramSpec(name, help, { labels, buckets });
}

function count<const L extends string>(name: string, help: string, options: SpecOptions<L>) {
  return counterSpec(name, help, options);
}

/** The families, by what they say. */
export const OMNI_FAMILIES = {
  numRequestsRunning: row(
    "pipeline",
    gaugeSpec("num_requests_running", "Requests in flight anywhere in the pipeline.", { labels: MODEL }),
  ),
  numRequestsWaiting: row(
    "pipeline",
    gaugeSpec(
      "num_requests_waiting",
      "Requests known to the entrypoint but not yet running in the pipeline.",
      { labels: MODEL },
    ),
  ),
  requestsSuccessTotal: row(
    "pipeline",
    count("requests_success_total", "Requests by completion reason; aborts include client disconnects.", {
      labels: [...MODEL, "finished_reason"],
      children: { "finished_reason": ["stop", "length", "abort", "error"] },
    }),
  ),
  e2eRequestLatency: row(
    "pipeline",
    seconds("e2e_request_latency_s", "Arrival to complete response across all stages.", MODEL, SECONDS),
    [{ name: "e2e_request_latency_seconds", scale: 1 }],
  ),
  promptTokensTotal: row(
    "pipeline",
    count("prompt_tokens_total", "Input tokens summed over all stages.", { labels: MODEL }),
  ),
  generationTokensTotal: row(
    "pipeline",
    count("generation_tokens_total", "Output tokens summed over all stages.", { labels: MODEL }),
  ),
  requestQueueWait: row(
    "pipeline",
    seconds("request_queue_wait_s", "Queue wait of a request before its first stage.", MODEL),
  ),
  requestsFailedTotal: row(
    "pipeline",
    count("requests_failed_total", "Requests that failed, by reason.", {
      labels: [...MODEL, "reason"],
      children: { "reason": ["stage_error", "replica_lost"] },
    }),
  ),
  audioTtfp: row("audio", seconds("audio_ttfp_s", "Arrival to first audio packet.", PLACE, SECONDS)),
  audioDuration: row("audio", seconds("audio_duration_s", "Length of the generated audio.", PLACE, SECONDS)),
  audioRtf: row(
    "audio",
    seconds(
      "audio_rtf",
      "Real-time factor: generation time over audio length; below 1 keeps up with playback.",
      PLACE,
      REAL_TIME,
    ),
  ),
  audioFramesTotal: row("audio", count("audio_frames_total", "Audio frames generated.", { labels: PLACE })),
  audioUnderrun: row(
    "audio",
    seconds("audio_underrun_s", "Worst time a simulated player ran dry during a request.", PLACE),
  ),
  audioContinuityOkTotal: row(
    "audio",
    count("audio_continuity_ok_total", "Audio streams whose worst underrun stayed below the threshold.", {
      labels: [...PLACE, "threshold_ms"],
      children: { "threshold_ms": ["100"] },
    }),
  ),
  audioSkippedRequestsTotal: row(
    "audio",
    count("audio_skipped_requests_total", "Audio requests answered OK but with no audio.", {
      labels: [...PLACE, "reason"],
      children: { "reason": ["no_audio_data"] },
    }),
  ),
  transferSize: row(
    "edge",
    histogramSpec("transfer_size_bytes", "Payload size of one hop between stages.", {
      labels: EDGE,
      buckets: BYTES,
    }),
  ),
  transferTx: row(
    "edge",
    seconds("transfer_tx_s", "Sender time of one hop: serialise and hand to the connector.", EDGE),
    [milliseconds("transfer_tx_time_ms")],
  ),
  transferRx: row(
    "edge",
    seconds("transfer_rx_s", "Receiver time of one hop: receive and deserialise.", EDGE),
    [milliseconds("transfer_rx_decode_time_ms")],
  ),
  transferInFlight: row(
    "edge",
    seconds("transfer_in_flight_s", "Time between the end of sending and the start of receiving.", EDGE),
    [milliseconds("transfer_in_flight_time_ms")],
  ),
  diffusionExec: row(
    "diffusion",
    seconds("diffusion_exec_s", "Diffusion forward time of a request.", PLACE, SECONDS),
    [milliseconds("diffusion_exec_time_ms")],
  ),
  diffusionExecPerStep: row(
    "diffusion",
    seconds(
      "diffusion_exec_per_step_s",
      "Mean diffusion forward time per denoising step of a request.",
      PLACE,
    ),
    [milliseconds("diffusion_step_time_ms")],
  ),
  diffusionPreprocess: row(
    "diffusion",
    seconds("diffusion_preprocess_s", "Diffusion input preparation time of a request.", PLACE),
    [milliseconds("diffusion_preprocess_time_ms")],
  ),
  diffusionPostprocess: row(
    "diffusion",
    seconds("diffusion_postprocess_s", "Diffusion output decoding time of a request.", PLACE),
    [milliseconds("diffusion_postprocess_time_ms")],
  ),
  stageGenTime: row(
    "stage",
    seconds(
      "stage_gen_time_s",
      "Generation time of one stage for a request.",
      [...STAGE, "stage_type"],
      SECONDS,
    ),
  ),
  stageInQueue: row("stage", seconds("stage_in_queue_s", "Queue wait of a request inside a stage.", STAGE)),
  stageWaitingRequests: row(
    "stage",
    gaugeSpec("stage_waiting_requests", "Requests queued in front of a stage.", { labels: STAGE }),
  ),
  numInferenceSteps: row(
    "diffusion",
    histogramSpec("num_inference_steps", "Denoising steps of a request.", { labels: STAGE, buckets: STEPS }),
  ),
  diffusionForward: row(
    "diffusion",
    seconds("diffusion_forward_s", "Diffusion model forward time.", STAGE, SECONDS),
  ),
  denoiseStepLatency: row(
    "diffusion",
    seconds("denoise_step_latency_s", "Time of one denoising step.", STAGE),
  ),
  vaeDecode: row("decoder", seconds("vae_decode_s", "Decoder time of a diffusion output.", STAGE)),
  imageCountTotal: row("image", count("image_count_total", "Images produced.", { labels: STAGE })),
  imagePixelsTotal: row("image", count("image_pixels_total", "Pixels produced.", { labels: STAGE })),
  imageTtfp: row("image", seconds("image_ttfp_s", "Arrival to first image.", STAGE, SECONDS)),
} as const;

/** Counters that earlier releases had in the place of `requests_success_total`. */
export const OMNI_EARLIER_COUNTERS = {
  success: row(
    "pipeline",
    count("num_requests_success_total", "Requests that ended by themselves; an earlier name.", {
      labels: MODEL,
      status: "deprecated",
    }),
  ),
  fail: row(
    "pipeline",
    count("num_requests_fail_total", "Requests that were aborted or failed; an earlier name.", {
      labels: MODEL,
      status: "deprecated",
    }),
  ),
} as const;

/** Prefixes that families can have: as merged upstream, and as upstream has them today. */
export const OMNI_PREFIXES = ["vllm:omni_", "vllm_omni:"] as const;
/** One of {@linkcode OMNI_PREFIXES}. */
export type OmniPrefix = typeof OMNI_PREFIXES[number];

/** How the families are exposed. It can be sent between threads. */
export interface OmniNaming {
  readonly prefix: OmniPrefix;
  /** Whether earlier names are exposed too. */
  readonly aliases: boolean;
  /** Whether places are labelled `stage_id` and `replica_id` instead of `stage` and `replica`. */
  readonly ids: boolean;
}

/** The naming where nothing else is said. */
export const DEFAULT_OMNI_NAMING: OmniNaming = { prefix: "vllm:omni_", aliases: false, ids: false };

/** A spec under its full name, with the labels that were chosen. */
export function namedOmniSpec<S extends FamilySpec>(spec: S, naming: OmniNaming, alias?: OmniAlias): S {
  const labelNames = spec.labelNames.map((name) =>
    naming.ids && (name === "stage" || name === "replica") ? `${name}_id` : name
  );
  const named = { ...spec, name: `${naming.prefix}${alias?.name ?? spec.name}`, labelNames };
  const scale = alias?.scale ?? 1;
  if (spec.type !== "histogram" || spec.buckets === "tokens" || scale === 1) return named;
  return { ...named, buckets: spec.buckets.map((bound) => bound * scale) };
}

/** The families under the names that they have where nothing else is said, for reference pages and dashboards. */
export const OMNI_SPECS: Readonly<Record<string, FamilySpec>> = Object.fromEntries(
  Object.entries(OMNI_FAMILIES).map((
    [key, { spec }],
  ) => [key, namedOmniSpec<FamilySpec>(spec, DEFAULT_OMNI_NAMING)]),
);
