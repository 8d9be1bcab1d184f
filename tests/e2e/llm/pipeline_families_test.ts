/**
 * Every family of a pipeline moves: for each stage and replica that should have it, and for no other.
 */
import { assertEquals } from "@std/assert";
import { OMNI_FAMILIES, type OmniScope } from "../../../src/families/omni.ts";
import type { LlmTestServer } from "../../_support/llm_server.ts";
import { ask, omniPipeline, type RequestKind, startPipeline } from "../../_support/pipeline_server.ts";
import { waitFor } from "../../_support/wait_for.ts";

/** Which series a family must have: label values in the order of the names, and nothing else. */
function wantedSeries(): Record<OmniScope, string[]> {
  const places = (stage: number, replicas: number) =>
    Array.from({ length: replicas }, (_, i) => `${stage}.${i}`);
  const pairs = (from: string[], to: string[]) => from.flatMap((a) => to.map((b) => `${a}.${b}`));
  const [thinkers, talkers, vocoders] = [places(0, 2), places(1, 2), places(2, 3)];
  const [denoisers, imagers, filmers] = [places(3, 3), places(4, 1), places(5, 1)];
  return {
    pipeline: [""],
    stage: ["0", "1", "2", "3", "4", "5"],
    audio: vocoders,
    diffusion: denoisers,
    image: imagers,
    decoder: [...imagers, ...filmers],
    edge: [
      ...pairs(thinkers, talkers),
      ...pairs(talkers, vocoders),
      ...pairs(thinkers, denoisers),
      ...pairs(denoisers, imagers),
      ...pairs(denoisers, filmers),
    ],
  };
}

/** Places that a family has, cut to the labels that it has. */
function cut(places: readonly string[], labelCount: number): string[] {
  return [...new Set(places.map((place) => place.split(".").slice(0, labelCount).join(".")))].sort();
}

interface Series {
  readonly family: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Everything that a scrape said of it, but bucket by bucket. */
  readonly value: string;
}

/** All series of a family whose name begins with one of the prefixes, a histogram's samples as one. */
async function seriesOf(server: LlmTestServer, prefix: RegExp): Promise<Map<string, Series>> {
  const text = await (await fetch(`${server.server.adminUrl}/metrics`)).text();
  const found = new Map<string, Series>();
  let family = "";
  for (const line of text.split("\n")) {
    const type = /^# TYPE (\S+)/.exec(line);
    if (type !== null) family = type[1];
    if (line.startsWith("#") || !prefix.test(line)) continue;
    const [, , inner = "", value] = /^([^{ ]+)(?:\{(.*)\})? (\S+)$/.exec(line)!;
    const pairs = [...inner.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, text]) => [key, text]);
    const { le: _, ...labels } = Object.fromEntries(pairs);
    const key = `${family}${JSON.stringify(labels)}`;
    found.set(key, { family, labels, value: `${found.get(key)?.value ?? ""} ${value}` });
  }
  return found;
}

/** Watches series while `work` runs; returns those that ever changed, and all that there were. */
async function watch(server: LlmTestServer, prefix: RegExp, work: () => Promise<void>) {
  const before = await seriesOf(server, prefix);
  const moved = new Map<string, Series>();
  const all = new Map(before);
  let done = false;
  const look = async () => {
    for (const [key, series] of await seriesOf(server, prefix)) {
      all.set(key, series);
      // One that is new was not there at 0, so that it is there is no news yet.
      const earlier = before.get(key)?.value ?? series.value.replaceAll(/\S+/g, "0");
      if (series.value !== earlier) moved.set(key, series);
    }
  };
  const working = work().finally(() => done = true);
  while (!done) await look();
  await working;
  await look();
  return { moved, all };
}

async function finished(response: Promise<Response>): Promise<void> {
  const text = await (await response).text();
  assertEquals((await response).status, 200, text.slice(0, 200));
}

/** A workload that reaches everything: queues, failures, aborts, silence, preemption. */
async function workload(server: LlmTestServer): Promise<void> {
  const kinds: RequestKind[] = ["text", "audio", "stream", "speech", "image", "video"];
  for (let round = 0; round < 6; round++) {
    await Promise.all(kinds.map(async (kind) => (await ask(server, kind)).text().catch(() => "")));
  }
  for (let i = 0; i < 8; i++) {
    await (await ask(server, "speech", { input: " " })).text();
    await (await ask(server, "stream")).text();
  }
  // Different ones, so that they share no blocks: together they are more than the KV cache holds.
  const long = (i: number) => ({
    messages: [{ role: "user", content: `${i} word `.repeat(60) }],
    max_tokens: 300,
    ignore_eos: true,
  });
  await Promise.all(Array.from({ length: 24 }, async (_, i) => (await ask(server, "text", long(i))).text()));
  const gone = new AbortController();
  const endless = { ...long(0), max_tokens: 700, stream: true };
  const response = await ask(server, "text", endless, { signal: gone.signal });
  await response.body!.getReader().read();
  gone.abort();
  await waitFor(
    async () =>
      (await server.scrape()).value("vllm:omni_requests_success_total", { finished_reason: "abort" }) > 0,
    { what: "the abort to be counted" },
  );
}

/** More than any stage works on at once. Each has two before it, so that it is sent more than it begins with. */
async function crowds(server: LlmTestServer): Promise<void> {
  for (const kind of ["audio", "speech", "image", "video"] as const) {
    await Promise.all(Array.from({ length: 24 }, async () => (await ask(server, kind)).text()));
  }
}

const BUSY = () =>
  omniPipeline({
    thinker: {
      concurrency: 6,
      engine: {
        profile: "8b-h100",
        maxNumSeqs: 3,
        numGpuBlocks: 72,
        maxModelLen: 1024,
        interTokenLatencyMs: 2,
      },
    },
    talker: {
      replicas: 2,
      concurrency: 6,
      engine: {
        profile: "8b-h100",
        maxNumSeqs: 3,
        numGpuBlocks: 72,
        maxModelLen: 1024,
        interTokenLatencyMs: 2,
      },
    },
    // Three, so that the two before them in turn reach each of them.
    vocoder: { replicas: 3, concurrency: 1, tokenMs: 20 },
    denoiser: { replicas: 3, concurrency: 1, stepMs: 15, errorRate: 0.15 },
    imager: { concurrency: 1, decodeMs: 30 },
    filmer: { concurrency: 1, decodeMs: 40 },
  });

Deno.test("every omni family has exactly the series that it should have, and each of them moves", async () => {
  await using server = await startPipeline(BUSY(), { workers: 2 });
  const prefix = /^vllm:omni_/;
  const { moved, all } = await watch(server, prefix, async () => {
    await workload(server);
    await crowds(server);
  });
  const wanted = wantedSeries();
  const exposed = new Set([...all.values()].map(({ family }) => family));
  const table = Object.values(OMNI_FAMILIES);
  assertEquals(exposed.size, table.length);
  const still: string[] = [];
  for (const { spec, scope } of table) {
    const family = `vllm:omni_${spec.name}`;
    const own = [...all.values()].filter((series) => series.family === family);
    const names = spec.labelNames.filter((name) => /^(?:from_|to_)?(?:stage|replica)$/.test(name));
    const got = [...new Set(own.map(({ labels }) => names.map((name) => labels[name]).join(".")))].sort();
    assertEquals(got, cut(wanted[scope], names.length), `places of ${family}`);
    for (const [key, { family: name, labels }] of all) {
      if (name === family && !moved.has(key) && labels.reason !== "replica_lost") {
        still.push(`${family} ${JSON.stringify(labels)}`);
      }
    }
  }
  assertEquals(still, []);
});

Deno.test("vLLM's own families are there for each replica of an llm stage, and each of them moves", async () => {
  await using server = await startPipeline(BUSY(), { workers: 2 });
  const { moved, all } = await watch(server, /^vllm:(?!omni_)/, async () => {
    await workload(server);
    // Prefixes that a replica knows, on each of them; then more than its blocks hold.
    const content = "the same words ".repeat(20);
    for (let i = 0; i < 8; i++) {
      await finished(ask(server, "text", { messages: [{ role: "user", content }] }));
      await finished(ask(server, "speech", { input: content }));
    }
    await Promise.all(
      Array.from(
        { length: 8 },
        (_, i) => finished(ask(server, "speech", { input: `${i} other words `.repeat(60), max_tokens: 400 })),
      ),
    );
  });
  const places = new Map<string, Set<string>>();
  const still = new Map<string, boolean>();
  for (const [key, { family, labels }] of all) {
    const place = `${labels.stage}.${labels.replica}`;
    places.set(family, (places.get(family) ?? new Set()).add(place));
    // The reasons and sources of one family and place share it: one that moves is enough.
    const one = `${family} ${place}`;
    still.set(one, (still.get(one) ?? true) && !moved.has(key));
    assertEquals(labels.engine, undefined, family);
  }
  for (const [family, got] of places) assertEquals([...got].sort(), ["0.0", "0.1", "1.0", "1.1"], family);
  const names = [...still].filter(([, is]) => is).map(([name]) => name);
  assertEquals(names.filter((name) => !name.startsWith("vllm:cache_config_info")), []);
  // What a stage of a pipeline cannot feed is not there: its requests have no images, and nobody sends it to sleep.
  assertEquals(places.has("vllm:mm_cache_queries_total") || places.has("vllm:engine_sleep_state"), false);
});
