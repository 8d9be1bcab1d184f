/**
 * A frame that a reader gets is whole, and the one after the last.
 *
 * @module
 */
import { RING32 } from "../../src/layout/frame_ring.ts";
import { createFrameRing, FrameReader, FrameWriter } from "../../src/slab/frame_ring.ts";
import { gap } from "./_gap.ts";
import { type Actor, NO_OUTCOME, NOT_YET, type Race } from "./_race.ts";

const WORDS = 64;
const FRAME_WORDS = 5;

/** What the words of a round's frame are. */
function wordOf(round: number, index: number): number {
  return round * 31 + index | 0;
}

/** How many words of a ring are written and not read yet. */
function unreadOf(ring: Int32Array): number {
  return Atomics.load(ring, RING32.written) - Atomics.load(ring, RING32.read) | 0;
}

const writer: Actor = (memory) => {
  const ring = new Int32Array(memory);
  const writer = new FrameWriter(memory);
  const frame = new Int32Array(FRAME_WORDS);
  return (round) => {
    const isAllRead = unreadOf(ring) === 0;
    for (let i = 0; i < FRAME_WORDS; i++) frame[i] = wordOf(round, i);
    if (writer.write(frame)) return NO_OUTCOME;
    return isAllRead ? 3 : NOT_YET;
  };
};

const race: Omit<Race, "name"> = {
  outcomes: [
    ["no frame is seen", "ACCEPTABLE"],
    ["frames are seen, whole and in order", "ACCEPTABLE"],
    ["a frame is seen that is not the next one, or not whole", "FORBIDDEN"],
    ["there is no room although the reader took all", "FORBIDDEN"],
  ],
  memory: () => createFrameRing(WORDS),
  lapRounds: 1e6,
  actors: [
    writer,
    (memory) => {
      const reader = new FrameReader(memory);
      let next = 0;
      return () => {
        let outcome = 0;
        reader.drain((frame) => {
          if (outcome === 0) outcome = 1;
          if (frame.length !== FRAME_WORDS) outcome = 2;
          for (let i = 0; i < frame.length; i++) if (frame[i] !== wordOf(next, i)) outcome = 2;
          next++;
        });
        return outcome;
      };
    },
  ],
};

export const races: readonly Race[] = [
  { ...race, name: "frames come whole and in order" },
  {
    ...race,
    name: "a frame published before it is written",
    broken: true,
    actors: [
      (memory) => {
        const ring = new Int32Array(memory);
        let written = 0;
        return (round) => {
          if (unreadOf(ring) + FRAME_WORDS + 1 > WORDS) return NOT_YET;
          const start = written;
          written = written + FRAME_WORDS + 1 | 0;
          ring[RING32.data + (start & WORDS - 1)] = FRAME_WORDS;
          Atomics.store(ring, RING32.written, written);
          gap();
          for (let i = 0; i < FRAME_WORDS; i++) {
            ring[RING32.data + (start + 1 + i & WORDS - 1)] = wordOf(round, i);
          }
          return NO_OUTCOME;
        };
      },
      race.actors[1],
    ],
  },
];
