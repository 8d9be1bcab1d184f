/**
 * Races about a cell of two copies and a sequence: what its owner moves together is seen together.
 *
 * @module
 */
import { PAGE_BYTES } from "../../src/layout/cell_page.ts";
import { createSlab, Slab } from "../../src/slab/slab.ts";
import { type Act, NO_OUTCOME, type Race } from "./_race.ts";

/** Int32 index of the cell: the first of the page behind the header's. */
export const CELL32 = PAGE_BYTES / 4;

/** What a reader answers beside {@linkcode seenOf}. */
export const MOVED = 3;
/** What belongs together disagrees. */
export const MIXED = 4;

const WRONG = 5;

/** The outcome of a whole reading: how many updates are there, of those of the rounds that were under way. */
export function seenOf(
  updates: number,
  { before, after, perRound }: { before: number; after: number; perRound: number },
): number {
  return seenBetween(updates, before * perRound, after * perRound);
}

/** The same where rounds differ: by the number of updates that were made before the reading and till after it. */
export function seenBetween(updates: number, before: number, after: number): number {
  if (!(updates >= before && updates <= after)) return WRONG;
  return updates === before ? 0 : updates < after ? 1 : 2;
}

/** What one thread does to the slab in a round. */
type Write = (slab: Slab) => (round: number) => void;
type Read = (slab: Slab) => Act;

/** A cell's writer and reader, and the variants that leave out what they rest on. */
export interface FlipRaces {
  /** The claim. */
  readonly name: string;
  readonly lapRounds: number;
  readonly write: Write;
  readonly read: Read;
  /** A reader that does not add 0 to the sequence after its loads. */
  readonly readUnchecked: Read;
  /** A writer that stores one copy, the one that readers look at, word after word. */
  readonly writeOneCopy: Write;
}

/** The race of a claim, and two broken ones. */
export function flipRaces({ name, lapRounds, write, read, readUnchecked, writeOneCopy }: FlipRaces): Race[] {
  const race = (name: string, write: Write, read: Read): Race => ({
    name,
    outcomes: [
      ["what there was before", "ACCEPTABLE"],
      ["some newer updates", "ACCEPTABLE"],
      ["all newer updates", "ACCEPTABLE"],
      ["moved under the read, to be read again", "ACCEPTABLE"],
      ["what belongs together disagrees", "FORBIDDEN"],
      ["more or fewer updates than were made", "FORBIDDEN"],
    ],
    memory: () => createSlab({ bytes: 4 * PAGE_BYTES }),
    lapRounds,
    actors: [
      (memory) => {
        const update = write(new Slab(memory));
        return (round) => {
          update(round);
          return NO_OUTCOME;
        };
      },
      (memory) => read(new Slab(memory)),
    ],
  });
  return [
    race(name, write, read),
    {
      ...race(`${name}: by a reader that does not check the sequence afterwards`, write, readUnchecked),
      broken: true,
    },
    { ...race(`${name}: by a writer that has one copy`, writeOneCopy, read), broken: true },
  ];
}
