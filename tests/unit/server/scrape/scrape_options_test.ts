import { assertEquals, assertThrows } from "@std/assert";
import { resolveScrapeOptions, type ScrapeOptions } from "../../../../src/server/scrape/scrape_options.ts";

Deno.test("resolveScrapeOptions() has defaults", () => {
  assertEquals(resolveScrapeOptions(), {
    concurrencyMax: 40,
    timeoutSeconds: 60,
    fails: false,
    codings: ["gzip", "zstd"],
    levels: { gzip: 6, zstd: 3 },
    compressedBytesMin: 1400,
    created: false,
  });
  assertEquals(resolveScrapeOptions({ compression: false }).codings, []);
  const chosen = resolveScrapeOptions({ compression: { codings: ["zstd"], gzipLevel: 1, bytesMin: 0 } });
  assertEquals([chosen.codings, chosen.levels.gzip, chosen.compressedBytesMin], [["zstd"], 1, 0]);
});

Deno.test("resolveScrapeOptions() refuses what cannot be", () => {
  const bad: unknown[] = [
    { concurrencyMax: 0 },
    { concurrencyMax: 1.5 },
    { timeoutSeconds: 0 },
    { timeoutSeconds: NaN },
    { onError: "panic" },
    { compression: { gzipLevel: 10 } },
    { compression: { zstdLevel: 0 } },
    { compression: { bytesMin: -1 } },
    { compression: { codings: ["br"] } },
  ];
  for (const options of bad) {
    assertThrows(
      () => resolveScrapeOptions(options as ScrapeOptions),
      RangeError,
      "Cannot answer scrapes with",
    );
  }
});
