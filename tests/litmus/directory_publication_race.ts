/**
 * A directory record is seen whole or not at all.
 *
 * @module
 */
import { PAGE_BYTES } from "../../src/layout/cell_page.ts";
import {
  DIRECTORY_RECORD,
  RECORD_KIND,
  RECORD_STATE,
  recordBytes,
} from "../../src/layout/directory_record.ts";
import { HEADER32 } from "../../src/layout/slab_header.ts";
import { GAUGE_SHAPE } from "../../src/slab/cell_shape.ts";
import { DirectoryReader } from "../../src/slab/directory.ts";
import { createSlab, Slab } from "../../src/slab/slab.ts";
import { SlabWriter } from "../../src/slab/slab_writer.ts";
import { gap } from "./_gap.ts";
import { type Act, NO_OUTCOME, type Race } from "./_race.ts";

const WORDS = 16;
const LAP_ROUNDS = 32_000;

/** A payload that belongs to one round and no other. */
function payloadOf(round: number): Uint8Array {
  return new Uint8Array(Int32Array.from({ length: WORDS }, (_, k) => (round + 1) * (k + 1)).buffer);
}

function isWhole(payload: Uint8Array, round: number): boolean {
  if (payload.length !== 4 * WORDS) return false;
  const words = new Int32Array(payload.buffer, 0, WORDS);
  for (let k = 0; k < WORDS; k++) if (words[k] !== (round + 1) * (k + 1)) return false;
  return true;
}

function reader(memory: SharedArrayBuffer): Act {
  const directory = new DirectoryReader(new Slab(memory));
  let next = 0;
  return (_round, writer) => {
    const before = writer.done();
    const known = next;
    let whole = true;
    try {
      directory.read(({ familyId, payload, kind }) => {
        whole &&= kind === RECORD_KIND.SERIES && familyId === next && isWhole(payload, next);
        next++;
      });
    } catch {
      return 3;
    }
    if (!whole) return 2;
    if (next < before || next > writer.begun()) return 4;
    return next === known ? 0 : 1;
  };
}

const race: Omit<Race, "name"> = {
  outcomes: [
    ["no new record", "ACCEPTABLE"],
    ["new records, whole", "ACCEPTABLE"],
    ["a part of the record", "FORBIDDEN"],
    ["a directory that cannot be read", "FORBIDDEN"],
    ["a record of a former round is missing", "FORBIDDEN"],
  ],
  memory: () => createSlab({ bytes: 2048 * PAGE_BYTES }),
  lapRounds: LAP_ROUNDS,
  actors: [
    (memory) => {
      const writer = new SlabWriter(new Slab(memory));
      return (round) => {
        const offset = writer.appendSeries({ familyId: round, payload: payloadOf(round), ...GAUGE_SHAPE });
        if (offset === 0) throw new RangeError("Cannot append: the slab is too small for a lap");
        return NO_OUTCOME;
      };
    },
    reader,
  ],
};

/** Announces a record first and fills it afterwards. */
function hastyWriter(memory: SharedArrayBuffer): Act {
  const { i32, u8 } = new Slab(memory);
  const field = DIRECTORY_RECORD.at;
  return (round) => {
    const payload = payloadOf(round);
    const start = i32[HEADER32.directoryEnd];
    const bytes = recordBytes(payload.length);
    Atomics.store(i32, HEADER32.directoryEnd, start + bytes);
    gap();
    i32[(start + field.kind) / 4] = RECORD_KIND.SERIES;
    i32[(start + field.familyId) / 4] = round;
    i32[(start + field.recordBytes) / 4] = bytes;
    i32[(start + field.payloadBytes) / 4] = payload.length;
    for (let at = payload.length; at > 0;) u8[start + DIRECTORY_RECORD.bytes + --at] = payload[at];
    i32[(start + field.state) / 4] = RECORD_STATE.ALLOCATED;
    return NO_OUTCOME;
  };
}

export const races: readonly Race[] = [
  { ...race, name: "a directory record is seen whole" },
  {
    ...race,
    name: "a record that is announced before it is filled",
    broken: true,
    actors: [hastyWriter, reader],
  },
];
