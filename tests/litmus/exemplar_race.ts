/**
 * An exemplar's parts are seen together, and never before the count that it stands for.
 *
 * @module
 */
import { COUNTER_PAGE, PAGE_BYTES } from "../../src/layout/cell_page.ts";
import {
  EXEMPLAR_COPY_BYTES,
  EXEMPLAR_TEXT_OFFSET,
  EXEMPLAR_VALUE64,
} from "../../src/layout/exemplar_cell.ts";
import { addToCounter, readCounter } from "../../src/slab/counter_cell.ts";
import {
  EXEMPLAR_TEXT_BYTES,
  type ExemplarRecord,
  exemplarSequence,
  readExemplar,
  storeExemplar,
} from "../../src/slab/exemplar_cell.ts";
import { createSlab, Slab } from "../../src/slab/slab.ts";
import { gap } from "./_gap.ts";
import { type Actor, NO_OUTCOME, type Race } from "./_race.ts";

const COUNTER32 = (PAGE_BYTES + COUNTER_PAGE.bytes) / 4;
const EXEMPLAR32 = COUNTER32 + 64;
const TEXT_BYTES = 40;
const PER_ROUND = 4;

function newRecord(): ExemplarRecord {
  return { value: 0, timestamp: 0, text: new Uint8Array(EXEMPLAR_TEXT_BYTES), textBytes: TEXT_BYTES };
}

/** Counts several times a round, each with an exemplar whose parts all tell the count. */
function writer(isCountFirst: boolean): Actor {
  return (memory) => {
    const slab = new Slab(memory);
    const record = newRecord();
    return (round) => {
      for (let k = 1; k <= PER_ROUND; k++) {
        const count = round * PER_ROUND + k;
        record.value = count;
        record.timestamp = -count;
        record.text.fill(count & 255, 0, TEXT_BYTES);
        if (isCountFirst) addToCounter(slab, COUNTER32, 1);
        storeExemplar(slab, EXEMPLAR32, record);
        if (!isCountFirst && k === 1) gap();
        if (!isCountFirst) addToCounter(slab, COUNTER32, 1);
      }
      return NO_OUTCOME;
    };
  };
}

function reader(
  read: (slab: Slab, record: ExemplarRecord) => boolean,
  isExemplarFirst = true,
): Actor {
  return (memory) => {
    const slab = new Slab(memory);
    const record = newRecord();
    return () => {
      let count = isExemplarFirst ? 0 : readCounter(slab, COUNTER32);
      if (!isExemplarFirst) gap();
      if (exemplarSequence(slab, EXEMPLAR32) === 0) return 0;
      if (!read(slab, record)) return 2;
      if (isExemplarFirst) count = readCounter(slab, COUNTER32);
      const { value, timestamp, text } = record;
      if (timestamp !== -value) return 3;
      for (let i = 0; i < TEXT_BYTES; i++) if (text[i] !== (value & 255)) return 3;
      return value > count ? 4 : 1;
    };
  };
}

const valid = (slab: Slab, record: ExemplarRecord) => readExemplar(slab, EXEMPLAR32, record) !== 0;

/** Reads as readExemplar() does, without the read-modify-write at the end. */
function readUnchecked(slab: Slab, record: ExemplarRecord): boolean {
  const { f64, u8 } = slab;
  const copy = (exemplarSequence(slab, EXEMPLAR32) & 1) * EXEMPLAR_COPY_BYTES;
  const value64 = EXEMPLAR32 / 2 + EXEMPLAR_VALUE64 + copy / 8;
  record.value = f64[value64];
  record.timestamp = f64[value64 + 1];
  gap();
  const text = EXEMPLAR32 * 4 + EXEMPLAR_TEXT_OFFSET + copy;
  for (let i = 0; i < TEXT_BYTES; i++) record.text[i] = u8[text + i];
  return true;
}

const race: Omit<Race, "name"> = {
  outcomes: [
    ["no exemplar yet", "ACCEPTABLE"],
    ["an exemplar of what is counted", "ACCEPTABLE"],
    ["moved under the read, to be read again", "ACCEPTABLE"],
    ["parts of two exemplars", "FORBIDDEN"],
    ["an exemplar of what is not counted yet", "FORBIDDEN"],
  ],
  memory: () => createSlab({ bytes: 4 * PAGE_BYTES }),
  lapRounds: 1e5,
  actors: [writer(true), reader(valid)],
};

export const races: readonly Race[] = [
  { ...race, name: "case 35: an exemplar is whole, and not newer than the count" },
  {
    ...race,
    name: "an exemplar that is stored before its count",
    broken: true,
    actors: [writer(false), reader(valid)],
  },
  {
    ...race,
    name: "a count that is read before its exemplar",
    broken: true,
    actors: [writer(true), reader(valid, false)],
  },
  {
    ...race,
    name: "a reader of exemplars that does not check the sequence afterwards",
    broken: true,
    actors: [
      writer(true),
      reader(readUnchecked),
    ],
  },
];
