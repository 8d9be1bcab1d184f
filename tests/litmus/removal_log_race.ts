/**
 * Removals are learned in order, each once, while the records of those that were acted on are used anew.
 *
 * @module
 */
import { PAGE_BYTES } from "../../src/layout/cell_page.ts";
import { DIRECTORY_RECORD } from "../../src/layout/directory_record.ts";
import { toIndex32 } from "../../src/layout/layout.ts";
import { HEADER32 } from "../../src/layout/slab_header.ts";
import { RemovalLog } from "../../src/registry/removal_log.ts";
import { DirectoryReader } from "../../src/slab/directory.ts";
import { createSlab, Slab } from "../../src/slab/slab.ts";
import { removalsForgotten, SlabWriter } from "../../src/slab/slab_writer.ts";
import { gap } from "./_gap.ts";
import { type Act, type Actor, NO_OUTCOME, NOT_YET, type Race } from "./_race.ts";

/** The most removals that a reader which is waited for has not seen. */
const AHEAD_MAX = 8;

/** The reader tells here how far it has come: a word of the header that this race does not use otherwise. */
const SEEN32 = HEADER32.removalsSeen;

/**
 * The names of so many removals in a row differ; made before the race, which else would take most of its time for them.
 * Long, so that a record which is filled anew under a read would be seen.
 */
const FAMILIES = Array.from({ length: 128 }, (_, k) => String(k).padEnd(16, "-").repeat(32));
const REMOVALS = FAMILIES.map((family) =>
  JSON.stringify({ family, labels: {}, reset: false, origin: "0/1" })
);

function familyOf(number: number): string {
  return FAMILIES[number % FAMILIES.length];
}

function removal(number: number): string {
  return REMOVALS[number % REMOVALS.length];
}

/** @param forgets the last removal that is forgotten, as it is told what the reader has seen and what is announced */
function writer(forgets: (seen: number, announced: number) => number, isWaiting = false): Actor {
  return (memory) => {
    const { i32 } = new Slab(memory);
    const log = new SlabWriter(new Slab(memory));
    let announced = 0;
    return () => {
      const seen = Atomics.load(i32, SEEN32);
      log.forgetRemovals(forgets(seen, announced));
      // A reader that is waited for is never far behind: few records are in turn used anew.
      if (isWaiting && announced - seen >= AHEAD_MAX) return NOT_YET;
      const number = log.appendRemoval(removal(announced + 1));
      if (number === 0) return NOT_YET;
      announced = number;
      return NO_OUTCOME;
    };
  };
}

function reader(memory: SharedArrayBuffer): Act {
  const { i32 } = new Slab(memory);
  const log = new RemovalLog(new Slab(memory));
  let last = 0;
  return () => {
    let outcome = 0;
    try {
      log.read(({ family }, number) => {
        const right = number === last + 1 && family === familyOf(number);
        outcome = right && outcome < 2 ? 1 : 2;
        last = number;
      });
    } catch {
      return 3;
    }
    Atomics.store(i32, SEEN32, last);
    return outcome;
  };
}

/** A reader that nobody waits for: what it copied may be used anew meanwhile, and it must know that. */
function stranger(memory: SharedArrayBuffer): Act {
  const slab = new Slab(memory);
  return () => {
    let outcome = 0;
    let last = 0;
    try {
      new RemovalLog(slab).read(({ family }, number) => {
        const right = (last === 0 || number === last + 1) && family === familyOf(number);
        outcome = right && outcome < 2 ? 1 : 2;
        last = number;
      });
    } catch {
      return 3;
    }
    return outcome;
  };
}

/** Believes every copy whose number is not forgotten, without a look at the record's state afterwards. */
function carelessStranger(memory: SharedArrayBuffer): Act {
  const slab = new Slab(memory);
  const { i32, u8 } = slab;
  const decoder = new TextDecoder();
  const starts: number[] = [];
  const directory = new DirectoryReader(slab);
  return () => {
    try {
      directory.read(({ start, ordinal }) => starts[ordinal] = start);
    } catch {
      return 3;
    }
    const copies = new Map<number, Uint8Array>();
    for (const start of starts) {
      const payloadBytes = i32[toIndex32(start + DIRECTORY_RECORD.at.payloadBytes)];
      const payloadStart = start + DIRECTORY_RECORD.bytes;
      const payload = u8.slice(payloadStart, payloadStart + payloadBytes);
      gap();
      copies.set(i32[toIndex32(start + DIRECTORY_RECORD.at.removalsSeen)], payload);
    }
    const forgotten = removalsForgotten(slab);
    for (const [number, payload] of copies) {
      if (number > forgotten && decoder.decode(payload) !== removal(number)) return 2;
    }
    return copies.size > 0 ? 1 : 0;
  };
}

const race: Omit<Race, "name"> = {
  outcomes: [
    ["nothing new", "ACCEPTABLE"],
    ["the next removals, each once", "ACCEPTABLE"],
    ["a removal twice, out of order, or of another number", "FORBIDDEN"],
    ["a directory or removal that cannot be read", "FORBIDDEN"],
  ],
  memory: () => createSlab({ bytes: 4 * PAGE_BYTES }),
  lapRounds: 1e6,
  actors: [writer((seen) => seen, true), reader],
};

export const races: readonly Race[] = [
  { ...race, name: "a reader that is waited for learns every removal once, in order" },
  {
    ...race,
    name: "a reader that nobody waits for never takes a record that is used anew for what it was",
    actors: [writer((_seen, announced) => announced - 1), stranger],
  },
  {
    ...race,
    name: "a reader that does not look whether a record is still what it copied",
    broken: true,
    actors: [writer((_seen, announced) => announced - 1), carelessStranger],
  },
  {
    ...race,
    name: "a record that is used anew while its reader is still to come",
    broken: true,
    actors: [writer((_seen, announced) => announced), reader],
  },
];
