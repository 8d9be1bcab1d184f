/**
 * Counts and sums of all histograms equal what the clients were told, request by request and hop by hop.
 */
import { assert, assertEquals } from "@std/assert";
import type { Scrape } from "../../_support/llm_server.ts";
import {
  askTraced,
  omniPipeline,
  type RequestKind,
  startPipeline,
  type Trace,
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

for (const workers of [1, 2, 4]) {
  Deno.test(`all histograms are exact with ${workers} API ${workers === 1 ? "worker" : "workers"}`, async () => {
    const pipeline = omniPipeline({ denoiser: { replicas: 2, steps: 3, stepMs: 1 } });
    await using server = await startPipeline(pipeline, { workers });
    const ledger = new Ledger();
    const kinds: RequestKind[] = ["text", "audio", "stream", "speech", "image", "video"];
    const client = async (first: number) => {
      for (let i = 0; i < 18; i++) {
        enter(ledger, await askTraced(server, kinds[(first + i) % kinds.length]));
      }
    };
    await Promise.all([0, 1, 2, 3].map(client));
    const scrape = await server.scrape();
    assertEquals(compare(scrape, ledger), 21);
    compareTotals(scrape, ledger);
    assertEquals(scrape.value("vllm:omni_requests_success_total"), 72);
    assertEquals(scrape.value("vllm:omni_image_count_total"), 24);
  });
}
