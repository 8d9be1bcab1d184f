import { assert, assertEquals, assertRejects } from "@std/assert";
import { Collector } from "../../../../src/collect/collector.ts";
import { Counter } from "../../../../src/metric/counter.ts";
import { Registry } from "../../../../src/registry/registry.ts";
import { resolveScrapeOptions, type ScrapeOptions } from "../../../../src/server/scrape/scrape_options.ts";
import { ScrapeRenderer } from "../../../../src/server/scrape/scrape_renderer.ts";
import { PLAIN_SCRAPE } from "../../../_support/plain_scrape.ts";

function rendererOf(options: ScrapeOptions = {}) {
  const registry = new Registry({ slabBytes: 1 << 22 });
  const counter = new Counter({ name: "a_total", help: "A.", labelNames: ["x"], registry });
  for (let x = 0; x < 5000; x++) counter.inc({ x });
  const collector = new Collector(registry);
  return {
    renderer: new ScrapeRenderer(collector, { options: resolveScrapeOptions(options), metrics: undefined }),
    counter,
    collector,
  };
}

Deno.test("ScrapeRenderer.render() writes into memory that all have given back, and into no other", async () => {
  const { renderer, counter } = rendererOf();
  const first = renderer.render(PLAIN_SCRAPE);
  const held = await first.result;
  const bytes = held.chunks[0].slice();
  counter.inc({ x: 1 });
  const second = renderer.render(PLAIN_SCRAPE);
  const { chunks } = await second.result;
  assert(chunks[0].buffer !== held.chunks[0].buffer);
  assertEquals(held.chunks[0], bytes);
  second.leave();
  counter.inc({ x: 1 });
  const third = renderer.render(PLAIN_SCRAPE);
  assert((await third.result).chunks[0].buffer === chunks[0].buffer);
  first.leave();
  third.leave();
});

Deno.test("ScrapeRenderer.render() compresses once for all who ask for the same coding", async () => {
  const { renderer, counter } = rendererOf({ compression: { codings: ["zstd", "gzip"] } });
  const [gzip, same, zstd, none] = ["gzip", "gzip;q=0.5", "gzip, zstd", "zstd;q=0, br"].map((
    acceptEncoding,
  ) => renderer.render({ ...PLAIN_SCRAPE, acceptEncoding }).result);
  assert(await gzip === await same);
  assertEquals((await gzip).headers["content-encoding"], "gzip");
  assertEquals((await zstd).headers["content-encoding"], "zstd");
  assertEquals((await none).headers["content-encoding"], undefined);
  const before = await new Blob([...(await gzip).chunks]).bytes();
  counter.inc({ x: 1 });
  await renderer.render({ ...PLAIN_SCRAPE, acceptEncoding: "gzip" }).result;
  assertEquals(await new Blob([...(await gzip).chunks]).bytes(), before);
});

Deno.test("ScrapeRenderer.render() gives each what it asked for, whoever asked before", async () => {
  const { renderer } = rendererOf();
  const askings = [
    { accept: "application/openmetrics-text; version=1.0.0" },
    { accept: "text/plain" },
    { query: "name[]=b" },
    { query: "name[]=a" },
    { query: "name[]=a", acceptEncoding: "gzip" },
    {},
  ].map((asking) => ({ ...PLAIN_SCRAPE, ...asking }));
  const answers = async (asking: typeof PLAIN_SCRAPE) => {
    const share = renderer.render(asking);
    const { headers, chunks } = await share.result;
    const answer = [headers, await new Blob([...chunks]).bytes()];
    share.leave();
    return answer;
  };
  const alone = [];
  for (const asking of askings) alone.push(await answers(asking));
  for (const order of [[0, 0, 1, 0], [2, 3, 3, 2, 4, 3, 4], [5, 2, 5, 1, 1, 5]]) {
    for (const k of order) assertEquals(await answers(askings[k]), alone[k]);
  }
  const lengths = alone.map(([, bytes]) => (bytes as Uint8Array).length);
  assertEquals(lengths[2], 0);
  assert(lengths[4] < lengths[3] && lengths[0] !== lengths[1]);
});

Deno.test("ScrapeRenderer.render() gives nothing when nothing could be gathered", async () => {
  const { renderer, collector } = rendererOf();
  collector.blocks = () => {
    throw new Error("no slab");
  };
  await assertRejects(() => renderer.render(PLAIN_SCRAPE).result, Error, "gathering: no slab");
});
