/**
 * A million series over HTTP: no second copy of the body, and other requests answered meanwhile.
 */
import { assertEquals, assertGreater, assertLess } from "@std/assert";
import { residentBytes, startManySeries, timedScrape } from "../_support/many_series.ts";
import { startCommand } from "../_support/command.ts";

const MEBIBYTE = 1024 * 1024;
const SERIES = 1_000_000;
const BODY_BYTES_MIN = 70_000_000;

/** A server of a million series. */
interface Served {
  /** Where `/metrics` and `/-/healthy` are. */
  readonly url: string;
  readonly residentBytes: () => number;
  /** Changes every series. */
  readonly countUp: () => Promise<void>;
}

/** Asks for the server's health again and again. */
function watchHealth(url: string) {
  const seen = { count: 0, longestMs: 0 };
  let watching = true;
  const watched = (async () => {
    for (; watching; seen.count++) {
      const startMs = performance.now();
      assertEquals(await (await fetch(`${url}/-/healthy`)).text(), "healthy\n");
      seen.longestMs = Math.max(seen.longestMs, performance.now() - startMs);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  // WHY: where the scrapes fail nobody waits for it, and the server's end is not what went wrong.
  watched.catch(() => {});
  const end = () => {
    watching = false;
    return watched;
  };
  return { seen, end };
}

/** Scrapes a server, first as it is, then while all its series change; says how much memory that took. */
async function checkGrowth({ url, residentBytes, countUp }: Served): Promise<void> {
  const { seen, end } = watchHealth(url);
  const first = await timedScrape(url);
  assertEquals(first.status, 200);
  assertGreater(first.byteLength, BODY_BYTES_MIN);
  const [duringFirst, longestFirstMs] = [seen.count, seen.longestMs];
  assertGreater(duringFirst, 20);
  const base = residentBytes();
  const grown: string[] = [];
  seen.longestMs = 0;
  let peak = 0;
  const times: number[] = [];
  for (let round = 0; round < 8; round++) {
    if (round > 0) await countUp();
    const { status, ms, byteLength } = await timedScrape(url);
    assertEquals(status, 200);
    assertGreater(byteLength, BODY_BYTES_MIN);
    const bytes = residentBytes() - base;
    peak = Math.max(peak, bytes);
    grown.push((bytes / first.byteLength).toFixed(2));
    times.push(Math.round(ms));
  }
  const packed = await timedScrape(url, { "accept-encoding": "gzip" });
  assertGreater(packed.byteLength, BODY_BYTES_MIN);
  const afterPacked = (residentBytes() - base) / first.byteLength;
  await end();
  console.log(
    `body ${(first.byteLength / MEBIBYTE).toFixed(1)} MiB, ${
      (base / MEBIBYTE).toFixed(0)
    } MiB after the first ` +
      `scrape (${Math.round(first.ms)} ms, ${duringFirst} health checks, the longest ` +
      `${Math.round(longestFirstMs)} ms), then ${grown} bodies more, ${afterPacked.toFixed(2)} with gzip; ` +
      `${times} ms, health at most ${Math.round(seen.longestMs)} ms`,
  );
  assertLess(peak, 2 * first.byteLength);
}

Deno.test("1 000 000 series are scraped in less memory than twice the body, also while they change", async () => {
  await using server = await startCommand({
    command: ["deno", "run", "-A", "tests/testdata/apps/million_series_server.ts"],
    ready: /^million series ready: (\S+)$/m,
    env: { SERIES: String(SERIES) },
    deadlineMs: 240_000,
  });
  const url = server.ready![1];
  await checkGrowth({
    url,
    residentBytes: () => residentBytes(server.pid),
    countUp: async () => void await (await fetch(`${url}/count`)).text(),
  });
});

Deno.test("the same on the admin port of a server whose two workers have half of them each", async () => {
  await using server = await startManySeries({
    series: SERIES,
    workers: 2,
    // The first scrape learns a million series, which takes more than a minute where others want the processor too.
    scrape: { timeoutSeconds: 600 },
  });
  await checkGrowth({
    url: server.adminUrl,
    residentBytes: () => server.residentBytes(),
    countUp: () => server.countUp(),
  });
});
