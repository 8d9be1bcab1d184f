// needs: promtool
/**
 * Prometheus' own checker reads our text.
 */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { createTextFormat } from "../../src/exposition/text_sink.ts";
import { everyFeature } from "../_support/every_feature.ts";
import { promtool } from "../_support/promtool.ts";
import { checkProperty } from "../_support/property.ts";
import { randomFamilies, randomScrape } from "../_support/random_families.ts";
import { bytesOf } from "../_support/sample_blocks.ts";

Deno.test("promtool reads a text with every feature and has nothing to say", async () => {
  // A gauge's name may not hold the word for a type, nor that of an info; both are what the text format makes of others.
  const result = await promtool(bytesOf(createTextFormat(), everyFeature(1_700_000_000)));
  assertEquals(result, { code: 0, said: "" });
});

Deno.test("promtool reads texts of random families", async () => {
  const scrapes = randomFamilies().chain((families) => randomScrape(families));
  await checkProperty(
    "promtool reads texts of random families",
    fc.asyncProperty(scrapes, async (scrape) => {
      const { code, said } = await promtool(bytesOf(createTextFormat(), scrape));
      // Random names and missing help texts are bad style, which is not the question here.
      assertEquals(code === 0 || code === 3, true, said);
    }),
    { runs: 25 },
  );
});
