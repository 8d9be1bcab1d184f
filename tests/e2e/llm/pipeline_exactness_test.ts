/**
 * Counts and sums of all histograms equal what the harness computes from its own log: how often something happened and
 * how much it was from what it sent and got; how long it took, which only the server can know, from what each answer
 * says of itself, and within what the harness measured.
 */
import { assert, assertEquals } from "@std/assert";
import UPNG from "npm:upng-js@2.1.0";
import type { Scrape } from "../../_support/llm_server.ts";
import {
  askTraced,
  omniPipeline,
  type RequestKind,
  STAGE,
  startPipeline,
  type Trace,
  type TracedAnswer,
} from "../../_support/pipeline_server.ts";

type Labels = Record<string, string>;

/** What was observed, by family and labels. */
class Ledger {
  readonly #rows = new Map<string, { family: string; labels: Labels; count: number; sum: number }>();

  observe(family: string, labels: Labels, value: number | undefined): void {
    if (value === undefined) return;
    const key = `${family}${JSON.stringify(labels)}`;
    const row = this.#rows.get(key) ?? { family, labels, count: 0, sum: 0 };
    this.#rows.set(key, { ...row, count: row.count + 1, sum: row.sum + value });
  }

  get rows() {
    return [...this.#rows.values()];
  }
}

function enter(ledger: Ledger, { stages, request }: Trace): void {
  ledger.observe("e2e_request_latency_s", {}, request.totalSeconds);
  ledger.observe("request_queue_wait_s", {}, request.queueWaitSeconds);
  for (const report of stages) {
    const stage = String(report.stage);
    const place = { stage, replica: String(report.replica) };
    ledger.observe("stage_in_queue_s", { stage }, report.queuedSeconds);
    ledger.observe("stage_gen_time_s", { stage }, report.generationSeconds);
    if (report.audio !== undefined) {
      ledger.observe("audio_duration_s", place, report.audio.seconds);
      ledger.observe("audio_rtf", place, report.audio.realTimeFactor);
      ledger.observe("audio_ttfp_s", place, request.audioFirstSeconds);
      ledger.observe("audio_underrun_s", place, request.audioUnderrunSeconds);
    }
    if (report.diffusion !== undefined) {
      const { steps, forwardSeconds, preprocessSeconds, postprocessSeconds } = report.diffusion;
      ledger.observe("diffusion_exec_s", place, forwardSeconds);
      ledger.observe("diffusion_forward_s", { stage }, forwardSeconds);
      ledger.observe("diffusion_exec_per_step_s", place, forwardSeconds / steps.length);
      ledger.observe("diffusion_preprocess_s", place, preprocessSeconds);
      ledger.observe("diffusion_postprocess_s", place, postprocessSeconds);
      ledger.observe("num_inference_steps", { stage }, steps.length);
      for (const seconds of steps) ledger.observe("denoise_step_latency_s", { stage }, seconds);
    }
    for (const seconds of report.decodes ?? []) ledger.observe("vae_decode_s", { stage }, seconds);
    if (report.images !== undefined) ledger.observe("image_ttfp_s", { stage }, request.imageFirstSeconds);
    for (const hop of report.sent ?? []) {
      const edge = edgeLabels(report, hop);
      ledger.observe("transfer_size_bytes", edge, hop.bytes);
      ledger.observe("transfer_tx_s", edge, hop.txSeconds);
    }
    for (const hop of report.received ?? []) {
      const edge = edgeLabels(hop, report);
      ledger.observe("transfer_rx_s", edge, hop.rxSeconds);
      ledger.observe("transfer_in_flight_s", edge, hop.inFlightSeconds);
    }
  }
}

function edgeLabels(
  from: { stage: number; replica: number },
  to: { stage: number; replica: number },
): Labels {
  return {
    from_stage: String(from.stage),
    from_replica: String(from.replica),
    to_stage: String(to.stage),
    to_replica: String(to.replica),
  };
}

function compare(scrape: Scrape, ledger: Ledger): number {
  for (const { family, labels, count, sum } of ledger.rows) {
    const what = `${family} ${JSON.stringify(labels)}`;
    assertEquals(scrape.value(`vllm:omni_${family}_count`, labels), count, `count of ${what}`);
    const got = scrape.value(`vllm:omni_${family}_sum`, labels);
    // Numbers of another order add up to the same but for their last digits.
    assert(Math.abs(got - sum) <= 1e-9 * Math.max(1, Math.abs(sum)), `sum of ${what}: ${got}, told ${sum}`);
  }
  return new Set(ledger.rows.map(({ family }) => family)).size;
}

/** Totals of counts over all series, so that no series has what the ledger does not know of. */
function compareTotals(scrape: Scrape, ledger: Ledger): void {
  const counts = new Map<string, number>();
  for (const { family, count } of ledger.rows) counts.set(family, (counts.get(family) ?? 0) + count);
  for (const [family, count] of counts) {
    assertEquals(scrape.value(`vllm:omni_${family}_count`), count, `all of ${family}`);
  }
}

/** What the pipeline is made of; the requests say the rest. */
const FRAMES_PER_TOKEN = 80;
const SAMPLE_RATE = 8000;
const STEP_MS = 1;
const THINKER_CHUNK = 25;
const TALKER_CHUNK = 4;
/** Of the edges from the thinker, and from the talker. */
const WIDE_BYTES = 256;
const NARROW_BYTES = 16;

/** A request: its kind, and what it asks for. */
interface Asked {
  readonly kind: RequestKind;
  readonly tokens: number;
  readonly steps: number;
  readonly pictures: number;
  readonly width: number;
  readonly height: number;
}

/** The nth request: each asks for something else. */
function asking(kind: RequestKind, n: number): Asked {
  const [width, height] = [[16, 8], [24, 16], [8, 40]][n % 3];
  return { kind, tokens: 3 + n % 9, steps: 1 + n % 4, pictures: 2 + n % 3, width, height };
}

function bodyOf({ kind, tokens, steps, pictures, width, height }: Asked): object {
  const text = { max_tokens: tokens, ignore_eos: true };
  const drawn = { ...text, num_inference_steps: steps, size: `${width}x${height}` };
  if (kind === "image") return { ...drawn, n: pictures };
  return kind === "video" ? { ...drawn, num_frames: pictures } : text;
}

/** How often and how much of everything that is no time, by the harness's own log. Stages' replicas are added up. */
class Log {
  readonly counts = new Map<string, number>();
  readonly sums = new Map<string, number>();
  clientSeconds = 0;

  add(family: string, labels: Labels, counts: { count: number; sum?: number }): void {
    const key = JSON.stringify([family, labels]);
    this.counts.set(key, (this.counts.get(key) ?? 0) + counts.count);
    if (counts.sum !== undefined) this.sums.set(key, (this.sums.get(key) ?? 0) + counts.sum);
  }

  #hops(from: keyof typeof STAGE, to: keyof typeof STAGE, sent: { hops: number; bytes: number }): void {
    const edge = { from_stage: String(STAGE[from]), to_stage: String(STAGE[to]) };
    this.add("transfer_size_bytes", edge, { count: sent.hops, sum: sent.bytes });
    for (const side of ["tx", "rx", "in_flight"]) this.add(`transfer_${side}_s`, edge, { count: sent.hops });
  }

  #stages(...stages: (keyof typeof STAGE)[]): void {
    for (const name of stages) {
      const stage = { stage: String(STAGE[name]) };
      this.add("stage_in_queue_s", stage, { count: 1 });
      this.add("stage_gen_time_s", stage, { count: 1 });
    }
  }

  /** Enters a request and its answer, whose bytes must be what was asked for. */
  enter(asked: Asked, answer: TracedAnswer): void {
    const { kind, tokens } = asked;
    this.clientSeconds += answer.milliseconds / 1000;
    this.add("e2e_request_latency_s", {}, { count: 1 });
    this.add("request_queue_wait_s", {}, { count: 1 });
    if (kind === "image" || kind === "video") return this.#drawn(asked, answer);
    if (kind !== "speech") {
      assertEquals(answer.textTokens, tokens, kind);
      this.#stages("thinker");
    }
    if (kind === "text") return;
    assertEquals(answer.soundBytes, tokens * FRAMES_PER_TOKEN * 2, kind);
    this.#stages("talker", "vocoder");
    if (kind !== "speech") {
      this.#hops("thinker", "talker", {
        hops: Math.ceil(tokens / THINKER_CHUNK),
        bytes: tokens * WIDE_BYTES,
      });
    }
    this.#hops("talker", "vocoder", { hops: Math.ceil(tokens / TALKER_CHUNK), bytes: tokens * NARROW_BYTES });
    const stage = { stage: String(STAGE.vocoder) };
    this.add("audio_duration_s", stage, { count: 1, sum: answer.soundBytes / 2 / SAMPLE_RATE });
    this.add("audio_rtf", stage, { count: 1 });
    if (kind !== "stream") return;
    this.add("audio_ttfp_s", stage, { count: 1 });
    this.add("audio_underrun_s", stage, { count: 1 });
  }

  #drawn({ kind, tokens, steps, pictures, width, height }: Asked, answer: TracedAnswer): void {
    const still = kind === "image";
    const decoded = answer.pictures.map((file) => UPNG.decode(file.buffer));
    assertEquals(decoded.length, still ? pictures : 1);
    for (const picture of decoded) assertEquals([picture.width, picture.height], [width, height]);
    if (!still) assertEquals(decoded[0].frames.length, pictures);
    const last = still ? "imager" : "filmer";
    this.#stages("thinker", "denoiser", last);
    this.#hops("thinker", "denoiser", {
      hops: Math.ceil(tokens / THINKER_CHUNK),
      bytes: tokens * WIDE_BYTES,
    });
    // A latent for each eight pixels of a side, a byte for each colour.
    const bytes = pictures * Math.ceil(width / 8) * Math.ceil(height / 8) * 3;
    this.#hops("denoiser", last, { hops: pictures, bytes });
    const denoiser = { stage: String(STAGE.denoiser) };
    for (
      const name of ["exec_s", "exec_per_step_s", "preprocess_s", "postprocess_s", "forward_s"].map((name) =>
        `diffusion_${name}`
      )
    ) {
      this.add(name, denoiser, { count: 1 });
    }
    this.add("num_inference_steps", denoiser, { count: 1, sum: steps });
    this.add("denoise_step_latency_s", denoiser, { count: steps });
    this.add("vae_decode_s", { stage: String(STAGE[last]) }, { count: still ? pictures : 1 });
    if (still) this.add("image_ttfp_s", { stage: String(STAGE.imager) }, { count: 1 });
  }
}

/** Compares a scrape with the log; returns how many families the log has. */
function compareLog(scrape: Scrape, log: Log): number {
  const families = new Set<string>();
  for (const [key, count] of log.counts) {
    const [family, labels] = JSON.parse(key) as [string, Labels];
    families.add(family);
    const name = `vllm:omni_${family}`;
    assertEquals(scrape.value(`${name}_count`, labels), count, `count of ${key}`);
    const sum = scrape.value(`${name}_sum`, labels);
    const known = log.sums.get(key);
    if (known === undefined) {
      // Each time is a part of what a client waited; all real-time factors are times over lengths of a tenth at least.
      const most = family === "audio_rtf"
        ? log.clientSeconds * SAMPLE_RATE / FRAMES_PER_TOKEN
        : log.clientSeconds;
      assert(sum >= 0 && sum <= most, `sum of ${key}: ${sum}, of ${most}`);
    } else assert(Math.abs(sum - known) <= 1e-9 * Math.max(1, known), `sum of ${key}: ${sum}, sent ${known}`);
  }
  return families.size;
}

for (const workers of [1, 2, 4]) {
  Deno.test(`all histograms are exact with ${workers} API ${workers === 1 ? "worker" : "workers"}`, async () => {
    const pipeline = omniPipeline({ denoiser: { replicas: 2, steps: 3, stepMs: STEP_MS } });
    await using server = await startPipeline(pipeline, { workers });
    const ledger = new Ledger();
    const log = new Log();
    const kinds: RequestKind[] = ["text", "audio", "stream", "speech", "image", "video"];
    const totals = { frames: 0, images: 0, pixels: 0, tokens: 0, steps: 0 };
    const client = async (first: number) => {
      for (let i = 0; i < 18; i++) {
        const asked = asking(kinds[(first + i) % kinds.length], first * 18 + i);
        const answer = await askTraced(server, asked.kind, bodyOf(asked));
        enter(ledger, answer.trace);
        log.enter(asked, answer);
        totals.frames += answer.soundBytes / 2;
        // Two stages generate for what is both thought and spoken.
        totals.tokens += asked.tokens * (asked.kind === "audio" || asked.kind === "stream" ? 2 : 1);
        if (asked.kind === "image" || asked.kind === "video") totals.steps += asked.steps;
        if (asked.kind !== "image") continue;
        totals.images += asked.pictures;
        totals.pixels += asked.pictures * asked.width * asked.height;
      }
    };
    await Promise.all([0, 1, 2, 3].map(client));
    const scrape = await server.scrape();
    assertEquals(compareLog(scrape, log), 21);
    assertEquals(compare(scrape, ledger), 21);
    compareTotals(scrape, ledger);
    assertEquals(scrape.value("vllm:omni_requests_success_total"), 72);
    assertEquals(scrape.value("vllm:omni_audio_frames_total"), totals.frames);
    assertEquals(scrape.value("vllm:omni_image_count_total"), totals.images);
    assertEquals(scrape.value("vllm:omni_image_pixels_total"), totals.pixels);
    assertEquals(scrape.value("vllm:omni_generation_tokens_total"), totals.tokens);
    assertEquals(scrape.value("vllm:generation_tokens_total"), totals.tokens);
    // A timer is never early by more than its grain.
    assert(scrape.value("vllm:omni_denoise_step_latency_s_sum") >= totals.steps * STEP_MS * 0.9 / 1000);
  });
}
