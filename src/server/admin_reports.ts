/**
 * What the admin port tells besides values, for the dashboard and for `promslab inspect`: slabs, families, scrape costs.
 *
 * @module
 */
// CONTROL PLANE
import { STATUS_CODE } from "@std/http/status";
import type { Collector } from "../collect/collector.ts";
import { reportSlab, reportSource, type SlabReport } from "../collect/slab_report.ts";
import type { WorkerState, WorkerWatch } from "../collect/worker_watch.ts";
import { FamilyCensus } from "../exposition/family_census.ts";
import { numberForJson } from "../exposition/snapshot_json.ts";
import { defaultRegistry } from "../registry/default_registry.ts";
import type { Registry } from "../registry/registry.ts";
import type { AdminRoute } from "./options.ts";
import type { ScrapeCosts } from "./scrape/scrape_log.ts";
import { pauseEvery, SLICE_MS } from "./scrape/scrape_pass.ts";

/** A slab with what is known of its owner. */
export interface WorkerSlabReport extends SlabReport {
  /** `main` for the gathering thread's own slab, else what its owner is doing; `unwatched` if nobody looks at its heart. */
  readonly worker: WorkerState | "main" | "unwatched";
  /** Seconds since the owner's heart was seen to beat; left out where nobody looks. */
  readonly heartbeatAgeSeconds?: number;
}

/** What the reports are about. */
export interface ReportParts {
  readonly collector: Collector;
  readonly watch?: WorkerWatch;
  /** The registry of the gathering thread, whose slab is one of the reported. Default: the default registry. */
  readonly registry?: Registry;
  readonly scrapes?: () => ScrapeCosts;
}

/**
 * The paths `/api/v1/slabs` and `/api/v1/families`. Each answers `{"status":"success","data":...}`.
 * The collector's thread only.
 */
export function createReports(parts: ReportParts): Readonly<Record<string, AdminRoute>> {
  const { collector } = parts;
  return {
    "/api/v1/slabs": () =>
      collector.exclusively(async () => {
        await collector.learn(pauseEvery(SLICE_MS));
        return answer({ slabs: reportSlabs(parts), scrapes: parts.scrapes?.() ?? null });
      }),
    "/api/v1/families": () =>
      collector.exclusively(async () => {
        const pause = pauseEvery(SLICE_MS);
        await collector.prepare();
        await collector.learn(pause);
        const census = new FamilyCensus();
        for (const samples of collector.blocks()) {
          census.samples(samples);
          await pause();
        }
        return answer(census.finish());
      }),
  };
}

/** All slabs, main's first, then by slot and incarnation. A damaged one is left out; the collector has told of it. */
export function reportSlabs(
  { collector, watch, registry = defaultRegistry }: ReportParts,
): WorkerSlabReport[] {
  watch?.check();
  collector.poll();
  const own = { ...reportSlab(registry.slab), worker: "main" as const };
  const sources = [...collector.sources].filter(({ bad }) => !bad).sort((a, b) =>
    a.slot - b.slot || a.epoch - b.epoch
  );
  const others = sources.map((source): WorkerSlabReport => {
    const watched = watch?.workers.get(source);
    if (watch === undefined || watched === undefined) return { ...reportSource(source), worker: "unwatched" };
    const heartbeatAgeSeconds = watch.heartbeatAgeMs(source) / 1000;
    return { ...reportSource(source), worker: watched.state, heartbeatAgeSeconds };
  });
  return [own, ...others];
}

function answer(data: unknown): Response {
  return new Response(JSON.stringify({ status: "success", data }, numberForJson), {
    status: STATUS_CODE.OK,
    headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" },
  });
}
