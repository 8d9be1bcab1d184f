/**
 * Two threads never draw the same ticket, and together they draw all of them.
 *
 * @module
 */
import { TICKET64 } from "../../src/layout/control_block.ts";
import { createControl, TicketCounter } from "../../src/slab/control.ts";
import type { Act, Race } from "./_race.ts";

/** Words behind the control block in which each side leaves what it drew, by round's parity. */
const NOTES = 4;

function drawer(
  side: 0 | 1,
  draw: (control: SharedArrayBuffer) => () => number,
): (memory: SharedArrayBuffer) => Act {
  return (memory) => {
    const next = draw(memory);
    const notes = new Float64Array(memory, memory.byteLength - NOTES * 8, NOTES);
    let last = 0;
    return (round) => {
      const parity = round & 1;
      const before = 2 * (1 - parity);
      const [one, other] = [notes[before], notes[before + 1]];
      notes[2 * parity + side] = next();
      if (side === 0 || round === 0) return -1;
      const due = last + 1;
      last = Math.max(one, other);
      if (one === due && other === due + 1) return 0;
      if (one === due + 1 && other === due) return 1;
      return one === other ? 2 : 3;
    };
  };
}

function drawAtomically(memory: SharedArrayBuffer): () => number {
  const tickets = new TicketCounter(memory);
  return () => tickets.next();
}

function drawInTwoSteps(memory: SharedArrayBuffer): () => number {
  const words = new BigInt64Array(memory);
  return () => {
    const ticket = Atomics.load(words, TICKET64) + 1n;
    Atomics.store(words, TICKET64, ticket);
    return Number(ticket);
  };
}

const race: Omit<Race, "name" | "actors"> = {
  outcomes: [
    ["one thread was first", "ACCEPTABLE"],
    ["the other thread was first", "ACCEPTABLE"],
    ["both drew the same ticket", "FORBIDDEN"],
    ["tickets of other rounds", "FORBIDDEN"],
  ],
  memory: () => new SharedArrayBuffer(createControl().byteLength + NOTES * 8),
  lapRounds: 1e6,
};

export const races: readonly Race[] = [
  {
    ...race,
    name: "every ticket is drawn once",
    actors: [drawer(0, drawAtomically), drawer(1, drawAtomically)],
  },
  {
    ...race,
    name: "tickets drawn by a load and a store",
    broken: true,
    actors: [drawer(0, drawInTwoSteps), drawer(1, drawInTwoSteps)],
  },
];
