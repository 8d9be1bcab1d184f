/**
 * A million series over HTTP: no second copy of the body, and other requests answered meanwhile.
 */
import { assertEquals, assertGreater, assertLess } from "@std/assert";
import { residentBytes, timedScrape } from "../_support/many_series.ts";
import { startCommand } from "../_support/command.ts";

const MEBIBYTE = 1024 * 1024;

Deno.test("1 000 000 series are scraped in less memory than twice the body, also while they change", async () => {
  await using server = await startCommand({
    command: ["deno", "run", "-A", "tests/testdata/apps/million_series_server.ts"],
    ready: /^million series ready: (\S+)$/m,
    env: { SERIES: "1000000" },
    deadlineMs: 240_000,
  });
  const url = server.ready![1];
  let watching = true;
  let healthCount = 0;
  let longestMs = 0;
  const health = (async () => {
    for (; watching; healthCount++) {
      const startMs = performance.now();
      assertEquals(await (await fetch(`${url}/-/healthy`)).text(), "healthy\n");
      longestMs = Math.max(longestMs, performance.now() - startMs);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  const first = await timedScrape(url);
  assertEquals(first.status, 200);
  assertGreater(first.byteLength, 70_000_000);
  const [duringFirst, longestFirstMs] = [healthCount, longestMs];
  assertGreater(duringFirst, 20);
  const base = residentBytes(server.pid);
  const grown: string[] = [];
  longestMs = 0;
  let peak = 0;
  const times: number[] = [];
  for (let round = 0; round < 8; round++) {
    if (round > 0) await (await fetch(`${url}/count`)).text();
    const { status, ms, byteLength } = await timedScrape(url);
    assertEquals(status, 200);
    assertGreater(byteLength, 70_000_000);
    const bytes = residentBytes(server.pid) - base;
    peak = Math.max(peak, bytes);
    grown.push((bytes / first.byteLength).toFixed(2));
    times.push(Math.round(ms));
  }
  const packed = await timedScrape(url, { "accept-encoding": "gzip" });
  assertEquals(packed.byteLength > 70_000_000, true);
  const afterPacked = (residentBytes(server.pid) - base) / first.byteLength;
  watching = false;
  await health;
  console.log(
    `body ${(first.byteLength / MEBIBYTE).toFixed(1)} MiB, ${
      (base / MEBIBYTE).toFixed(0)
    } MiB after the first ` +
      `scrape (${Math.round(first.ms)} ms, ${duringFirst} health checks, the longest ` +
      `${Math.round(longestFirstMs)} ms), then ${grown} bodies more, ${afterPacked.toFixed(2)} with gzip; ` +
      `${times} ms, health at most ${Math.round(longestMs)} ms`,
  );
  assertLess(peak, 2 * first.byteLength);
});
