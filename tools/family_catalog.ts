/**
 * Every metric family of the project, read from the definitions: what reference pages, dashboards and rules are made of.
 *
 * @module
 */
import { Collector } from "../src/collect/collector.ts";
import { SelfMetrics } from "../src/collect/self_metrics.ts";
import { WorkerWatch } from "../src/collect/worker_watch.ts";
import type { FamilySpec } from "../src/families/family_spec.ts";
import { detectHost } from "../src/host/detect.ts";
import type { Descriptor } from "../src/model/descriptor.ts";
import { COLLECT_ERRORS } from "../src/registry/collect_callbacks.ts";
import { Registry } from "../src/registry/registry.ts";
import { defineHttpFamilies } from "../src/server/http/http_families.ts";
import { HTTP_PRESETS } from "../src/server/http/http_preset.ts";
import { resolveOptions } from "../src/server/options.ts";
import { ScrapeMetrics } from "../src/server/scrape/scrape_metrics.ts";
import { stateServerInfo } from "../src/server/server_info.ts";
import { filesUnder, ROOT } from "./_run.ts";

/** One family. */
export interface CatalogFamily {
  /** The full name, for a counter with its `_total`. */
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  /** Upper bounds of a histogram; `"tokens"` stands for the 1-2-5 series up to the model's context length. */
  readonly buckets: readonly number[] | "tokens";
  /** How workers' values merge. */
  readonly merge: string;
  readonly status: string;
  /** The feature without which it is not defined. */
  readonly feature?: string;
}

/** Families that belong together. */
export interface FamilyGroup {
  readonly id: string;
  readonly title: string;
  readonly families: readonly CatalogFamily[];
}

/** The tables of `src/families`, by file name: their titles in the reference. */
const TITLES: Readonly<Record<string, string>> = {
  fastapi: "HTTP, as FastAPI's instrumentator has it (`--http-families fastapi`)",
  litellm: "LLM gateway (LiteLLM's names)",
  omni: "Pipeline of stages (vLLM-Omni's names)",
  process: "Process, heap and event loop",
  vllm: "LLM engine (vLLM's names)",
  vllm_optional: "LLM engine, with a feature turned on (vLLM's names)",
};

/** All groups, in the order of the reference. */
export async function familyGroups(): Promise<FamilyGroup[]> {
  const groups = [
    {
      id: "http_server",
      title: "HTTP (`--http-families prometheus`, the default)",
      families: httpFamilies("prometheus"),
    },
    {
      id: "http_server_opentelemetry",
      title: "HTTP, by OpenTelemetry's conventions (`--http-families opentelemetry`)",
      families: httpFamilies("opentelemetry"),
    },
    { id: "self", title: "The library and its workers", families: selfFamilies() },
  ];
  for (const file of filesUnder("src/families", ".ts")) {
    const id = file.replace("src/families/", "").replace(".ts", "");
    const module: Record<string, unknown> = await import(`file://${ROOT}/${file}`);
    const families = Object.values(module).flatMap(specsOf).map(fromSpec);
    if (families.length === 0) continue;
    if (TITLES[id] === undefined) throw new Error(`No title for the families of ${file}: add one to TITLES`);
    groups.push({ id, title: TITLES[id], families });
  }
  const stale = Object.keys(TITLES).filter((id) => !groups.some((group) => group.id === id));
  if (stale.length > 0) throw new Error(`Titles without a file of families: ${stale.join(", ")}`);
  return groups;
}

/** The specs of an exported value: a table of them, or a single one. */
function specsOf(value: unknown): FamilySpec[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  if (isSpec(value)) return [value];
  return Object.values(value).filter(isSpec);
}

function isSpec(value: unknown): value is FamilySpec {
  return typeof value === "object" && value !== null && "labelNames" in value && "type" in value &&
    "help" in value;
}

function fromSpec(spec: FamilySpec): CatalogFamily {
  const { name, type, help, labelNames, status, feature } = spec;
  const merge = spec.type === "gauge" ? spec.mode : "sum";
  return { name, type, help, labelNames, buckets: bucketsOf(spec), merge, status, feature };
}

function bucketsOf(spec: FamilySpec): readonly number[] | "tokens" {
  return spec.type === "histogram" ? spec.buckets : [];
}

function fromDescriptor(descriptor: Descriptor): CatalogFamily {
  const { name, type, help, labelNames, buckets, mode } = descriptor;
  const merged = type === "gauge" || type === "info" || type === "stateset";
  return { name, type, help, labelNames, buckets, merge: merged ? mode : "sum", status: "current" };
}

function httpFamilies(convention: "prometheus" | "opentelemetry"): CatalogFamily[] {
  const registry = new Registry();
  defineHttpFamilies(HTTP_PRESETS[convention], { registry, sizes: true, queueTime: true });
  return registry.descriptors().map(fromDescriptor);
}

function selfFamilies(): CatalogFamily[] {
  const registry = new Registry();
  const collector = new Collector(registry);
  new SelfMetrics({ collector, watch: new WorkerWatch(collector), registry });
  new ScrapeMetrics(registry);
  const host = detectHost();
  stateServerInfo(host, resolveOptions({ handler: "file:///app.ts" }, host), registry);
  return [...registry.descriptors().map(fromDescriptor), {
    ...COLLECT_ERRORS,
    type: "counter",
    buckets: [],
    merge: "sum",
    status: "current",
  }];
}
