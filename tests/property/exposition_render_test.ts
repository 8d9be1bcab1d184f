import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { createFormat, FORMAT_NAMES } from "../../src/exposition/negotiate.ts";
import { testProperty } from "../_support/property.ts";
import { randomFamilies, randomScrape } from "../_support/random_families.ts";
import { bytesOf, chunksOf } from "../_support/sample_blocks.ts";

/** Families and several scrapes of them: blocks stay, values come anew, and some scrapes repeat the one before. */
const scrapes = randomFamilies({ utf8Names: true, natives: true }).chain((families) =>
  fc.array(fc.tuple(randomScrape(families), fc.boolean()), { minLength: 2, maxLength: 5 }).map((scrapes) =>
    scrapes.flatMap(([samples, isRepeated]) => isRepeated ? [samples, samples] : [samples])
  )
);

for (const name of FORMAT_NAMES) {
  testProperty(
    `createFormat() of ${name} renders scrape after scrape what a new format renders`,
    fc.property(scrapes, (scrapes) => {
      const what = { name, escaping: "allow-utf-8" } as const;
      const format = createFormat(what, { created: true });
      for (const samples of scrapes) {
        assertEquals(bytesOf(format, samples), bytesOf(createFormat(what, { created: true }), samples));
      }
    }),
  );
}

testProperty(
  "createFormat() never writes to a chunk again, and hands out the same ones while nothing changes",
  fc.property(scrapes, fc.constantFrom(...FORMAT_NAMES), (scrapes, name) => {
    const format = createFormat({ name, escaping: "underscores" });
    const handedOut: [chunk: Uint8Array, copy: Uint8Array][] = [];
    for (const samples of scrapes) {
      const chunks = chunksOf(format, samples);
      assertEquals(chunksOf(format, samples).every((chunk, i) => chunk === chunks[i]), true);
      for (const chunk of chunks) handedOut.push([chunk, chunk.slice()]);
    }
    for (const [chunk, copy] of handedOut) assertEquals(chunk, copy);
  }),
);
