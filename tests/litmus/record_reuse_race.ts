/**
 * A directory record that is reclaimed and, a rest later, used anew is seen as one series, as none, or as the other. Who
 * sees that a removal was acted on sees the records that it reclaimed.
 *
 * @module
 */
import { PAGE_BYTES } from "../../src/layout/cell_page.ts";
import {
  DIRECTORY_RECORD,
  RECORD_GENERATION,
  RECORD_STATE,
  RECORD_STATE_MASK,
} from "../../src/layout/directory_record.ts";
import { DIRECTORY_START, HEADER32 } from "../../src/layout/slab_header.ts";
import { GAUGE_SHAPE } from "../../src/slab/cell_shape.ts";
import { DirectoryReader } from "../../src/slab/directory.ts";
import { createSlab, Slab } from "../../src/slab/slab.ts";
import { slabStatus } from "../../src/slab/slab_status.ts";
import { SlabWriter } from "../../src/slab/slab_writer.ts";
import { gap } from "./_gap.ts";
import { type Act, NO_OUTCOME, NOT_YET, type Progress, type Race } from "./_race.ts";

const BYTES = 96;
const REST_MS = 60_000;

/** Even rounds reclaim the record, odd ones use it anew: the series of round `2 k + 1` has this payload. */
function payloadOf(use: number): Uint8Array {
  return new Uint8Array(BYTES).fill(use & 127);
}

/**
 * Tells when a rest is over that begins now: when no reader is left that was at work then. In use a rest is a minute
 * long, and no reader takes so long.
 */
function rests(): { begin(reader: Progress): void; isOver(reader: Progress): boolean } {
  let atWork = 0;
  return {
    begin: (reader) => {
      atWork = reader.begun();
    },
    isOver: (reader) => reader.done() >= atWork,
  };
}

const race: Omit<Race, "name"> = {
  outcomes: [
    ["nothing new", "ACCEPTABLE"],
    ["the series is gone", "ACCEPTABLE"],
    ["the next series, whole", "ACCEPTABLE"],
    ["a mixture of two series", "FORBIDDEN"],
    ["a directory that cannot be read", "FORBIDDEN"],
    ["what a finished round did to the record is not seen", "FORBIDDEN"],
  ],
  memory: () => createSlab({ bytes: 4 * PAGE_BYTES }),
  lapRounds: 1e6,
  actors: [
    (memory) => {
      let nowMs = 0;
      const writer = new SlabWriter(new Slab(memory), () => nowMs);
      const series = { familyId: 0, ...GAUGE_SHAPE };
      writer.appendSeries({ ...series, payload: payloadOf(0) });
      const rest = rests();
      return (round, reader) => {
        if (round % 2 === 0) {
          writer.reclaim({ start: DIRECTORY_START, ...series });
          rest.begin(reader);
          return NO_OUTCOME;
        }
        if (!rest.isOver(reader)) return NOT_YET;
        nowMs += REST_MS;
        writer.appendSeries({ ...series, payload: payloadOf((round + 1) / 2) });
        return NO_OUTCOME;
      };
    },
    (memory) => {
      const directory = new DirectoryReader(new Slab(memory));
      let seen = 0;
      return (_round, writer) => {
        const before = writer.done();
        let outcome = 0;
        try {
          directory.read(({ state, reclaimed, payload }) => {
            seen = roundsOf(state);
            if (reclaimed) outcome = 1;
            else outcome = isWhole(payload, before, writer.begun()) ? 2 : 3;
          });
        } catch {
          return 4;
        }
        return outcome === 3 || (seen >= before && seen <= writer.begun()) ? outcome : 5;
      };
    },
  ],
};

/** How many rounds brought a record to a state. */
function roundsOf(state: number): number {
  const uses = 2 * Math.floor(state / RECORD_GENERATION);
  return (state & RECORD_STATE_MASK) === RECORD_STATE.RECLAIMED ? uses + 1 : uses;
}

/** Whether a payload is of one series, and of one of those that were there between two rounds of the writer. */
function isWhole(payload: Uint8Array, before: number, after: number): boolean {
  const oldest = before >>> 1;
  const newest = after >>> 1;
  const use = payload[0];
  if (payload.length !== BYTES || ((use - oldest) & 127) > newest - oldest) return false;
  for (let i = 1; i < BYTES; i++) if (payload[i] !== use) return false;
  return true;
}

/** What a hasty writer leaves for later: it shows the new state, or that something is new, before the record is filled. */
type Hasty = "state first" | "revision first";

function hastyWriter(memory: SharedArrayBuffer, hasty: Hasty): Act {
  const { i32, u8 } = new Slab(memory);
  new SlabWriter(new Slab(memory)).appendSeries({ familyId: 0, payload: payloadOf(0), ...GAUGE_SHAPE });
  const state32 = (DIRECTORY_START + DIRECTORY_RECORD.at.state) / 4;
  const rest = rests();
  let read = 0;
  return (round, reader) => {
    const generation = i32[state32] & ~RECORD_STATE_MASK;
    if (round % 2 === 0) {
      // What a reader has missed it would find by the next revision, so one comes in between.
      if (hasty === "revision first" && reader.done() < read) return NOT_YET;
      Atomics.store(i32, state32, generation + RECORD_STATE.RECLAIMED);
      Atomics.add(i32, HEADER32.revision, 1);
      rest.begin(reader);
      return NO_OUTCOME;
    }
    if (!rest.isOver(reader)) return NOT_YET;
    const show = () => {
      Atomics.store(i32, state32, generation + RECORD_GENERATION + RECORD_STATE.ALLOCATED);
    };
    if (hasty === "state first") show();
    Atomics.add(i32, HEADER32.revision, 1);
    const start = DIRECTORY_START + DIRECTORY_RECORD.bytes;
    for (let at = start + BYTES; at > start;) {
      u8[--at] = ((round + 1) / 2) & 127;
      if (at === start + BYTES / 2) gap();
    }
    if (hasty === "revision first") show();
    read = reader.begun() + 1;
    return NO_OUTCOME;
  };
}

/** Series that are made and removed one after the other; none rests for long enough to be used anew in a lap. */
const REMOVALS = 200;

function remover(memory: SharedArrayBuffer, order: "reclaimed first" | "seen first"): Act {
  const slab = new Slab(memory);
  const writer = new SlabWriter(slab);
  const series = { familyId: 0, ...GAUGE_SHAPE };
  return (round) => {
    const start = slab.i32[HEADER32.directoryEnd];
    if (writer.appendSeries({ ...series, payload: payloadOf(round) }) === 0) {
      throw new RangeError("Cannot append: the slab is too small for a lap");
    }
    writer.removalsSeen = round + 1;
    if (order === "seen first") {
      writer.publishRemovalsSeen();
      gap();
    }
    writer.reclaim({ start, ...series });
    writer.publishRemovalsSeen();
    return NO_OUTCOME;
  };
}

const removals: Omit<Race, "name"> = {
  outcomes: [
    ["nothing new", "ACCEPTABLE"],
    ["removals are seen, and their series are gone", "ACCEPTABLE"],
    ["a series is gone before its removal is seen", "ACCEPTABLE"],
    ["a removal is seen, its series is still there", "FORBIDDEN"],
    ["a directory that cannot be read", "FORBIDDEN"],
  ],
  memory: () => createSlab({ bytes: 32 * PAGE_BYTES }),
  lapRounds: REMOVALS,
  actors: [
    (memory) => remover(memory, "reclaimed first"),
    (memory) => {
      const slab = new Slab(memory);
      const directory = new DirectoryReader(slab);
      const gone = new Uint8Array(REMOVALS);
      let known = 0;
      return () => {
        const seen = slabStatus(slab).removalsSeen;
        const before = known;
        try {
          directory.read(({ ordinal, reclaimed }) => {
            gone[ordinal] = Number(reclaimed);
            if (reclaimed) known++;
          });
        } catch {
          return 4;
        }
        for (let k = 0; k < seen; k++) if (gone[k] === 0) return 3;
        return known > seen ? 2 : known > before ? 1 : 0;
      };
    },
  ],
};

export const races: readonly Race[] = [
  { ...removals, name: "a removal that is seen has taken its series" },
  {
    ...removals,
    name: "a removal that is shown before its series are gone",
    broken: true,
    actors: [(memory) => remover(memory, "seen first"), removals.actors[1]],
  },
  { ...race, name: "a record that is used anew is never a mixture" },
  {
    ...race,
    name: "a record whose state is shown before it is filled",
    broken: true,
    actors: [(memory) => hastyWriter(memory, "state first"), race.actors[1]],
  },
  {
    ...race,
    name: "a record that is filled after its revision is raised",
    broken: true,
    actors: [(memory) => hastyWriter(memory, "revision first"), race.actors[1]],
  },
];
