import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { createFormat, FORMAT_NAMES } from "../../src/exposition/negotiate.ts";
import type { FamilySamples } from "../../src/model/samples.ts";
import { testProperty } from "../_support/property.ts";
import { randomFamilies, type RandomFamilyOptions, randomScrape } from "../_support/random_families.ts";
import { bytesOf, joined } from "../_support/sample_blocks.ts";

/** Families and several scrapes of them: blocks stay, values come anew, and some scrapes repeat the one before. */
function severalScrapes(options: RandomFamilyOptions): fc.Arbitrary<FamilySamples[][]> {
  return randomFamilies({ utf8Names: true, natives: true, ...options }).chain((families) =>
    fc.array(fc.tuple(randomScrape(families), fc.boolean()), { minLength: 2, maxLength: 5 }).map((scrapes) =>
      scrapes.flatMap(([samples, isRepeated]) => isRepeated ? [samples, samples] : [samples])
    )
  );
}

for (const name of FORMAT_NAMES) {
  testProperty(
    `createFormat() of ${name} renders scrape after scrape what a new format renders`,
    fc.property(severalScrapes({}), (scrapes) => {
      const what = { name, escaping: "allow-utf-8" } as const;
      const format = createFormat(what, { created: true });
      for (const samples of scrapes) {
        assertEquals(bytesOf(format, samples), bytesOf(createFormat(what, { created: true }), samples));
      }
    }),
  );
}

testProperty(
  "createFormat() writes to no chunk before its release, and hands out the same ones while nothing changes",
  fc.property(
    fc.tuple(severalScrapes({ paddingBytes: 12_000 }), fc.infiniteStream(fc.boolean())),
    fc.constantFrom(...FORMAT_NAMES),
    ([scrapes, releases], name) => {
      const what = { name, escaping: "underscores" } as const;
      // The padding makes some blocks large enough to go out as they are; others are copied into joint chunks.
      const format = createFormat(what);
      const held: [chunk: Uint8Array, copy: Uint8Array][] = [];
      for (const samples of scrapes) {
        const [sink, again] = [format.sink(), format.sink()];
        // Two scrapes at the same time, in slices, as when the second one joins late.
        for (const block of samples) {
          sink.samples(block);
          again.samples(block);
        }
        const chunks = sink.finish();
        assertEquals(joined(chunks), bytesOf(createFormat(what), samples));
        assertEquals(again.finish().every((chunk, i) => chunk === chunks[i]), true);
        again.release();
        if (releases.next().value) sink.release();
        else for (const chunk of chunks) held.push([chunk, chunk.slice()]);
      }
      for (const [chunk, copy] of held) assertEquals(chunk, copy);
    },
  ),
  { runs: 50 },
);
