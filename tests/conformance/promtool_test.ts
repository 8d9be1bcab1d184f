// needs: promtool
/**
 * Prometheus' own checker reads our text.
 */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { createTextFormat } from "../../src/exposition/text_sink.ts";
import { findTool } from "../../tools/_tools.ts";
import { everyFeature } from "../_support/every_feature.ts";
import { checkProperty } from "../_support/property.ts";
import { randomFamilies, randomScrape } from "../_support/random_families.ts";
import { bytesOf } from "../_support/sample_blocks.ts";

/** What `promtool check metrics` says: 0 for nothing, 1 for a body that it cannot read, 3 for bad style. */
async function promtool(body: Uint8Array): Promise<{ code: number; said: string }> {
  const child = new Deno.Command(findTool("promtool").path, {
    args: ["check", "metrics"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(body);
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  return { code, said: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

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
