/**
 * Two threads never draw the same ticket, and together they draw all of them. The numbers of removals likewise.
 *
 * @module
 */
import { TICKET64 } from "../../src/layout/control_block.ts";
import { createControl, RemovalClock, TicketCounter } from "../../src/slab/control.ts";
import { gap } from "./_gap.ts";
import { type Actor, NOT_YET, type Race } from "./_race.ts";

const LAP_ROUNDS = 50_000;
/** Words behind the control block, one a ticket: how often it was drawn. The second thread may draw more than a lap's. */
const NOTES = 4 * LAP_ROUNDS;

function drawer(draw: (control: SharedArrayBuffer) => () => number): Actor {
  return (memory) => {
    const next = draw(memory);
    const notes = new Int32Array(memory, memory.byteLength - NOTES * 4, NOTES);
    let last = 0;
    let lost = 0;
    return (round, other) => {
      const before = round + other.done();
      // No room to note what more is drawn: the other thread is far behind.
      if (before >= NOTES / 2) return NOT_YET;
      const ticket = next();
      const isNext = ticket === last + 1;
      const isLater = ticket > last;
      last = ticket;
      if (Atomics.add(notes, ticket, 1) > 0) return 2;
      if (!isLater || ticket > round + 1 + other.begun()) return 3;
      // Tickets that were drawn twice are missing at the end; each counts once.
      const missing = before + 1 - ticket;
      const isLost = missing > lost;
      lost = Math.max(lost, missing);
      return isLost ? 3 : isNext ? 0 : 1;
    };
  };
}

function drawAtomically(memory: SharedArrayBuffer): () => number {
  const tickets = new TicketCounter(memory);
  return () => tickets.next();
}

function drawRemovals(memory: SharedArrayBuffer): () => number {
  const clock = new RemovalClock(memory);
  return () => clock.draw();
}

function drawInTwoSteps(memory: SharedArrayBuffer): () => number {
  const words = new BigInt64Array(memory);
  return () => {
    const ticket = Atomics.load(words, TICKET64) + 1n;
    gap();
    Atomics.store(words, TICKET64, ticket);
    return Number(ticket);
  };
}

const race: Omit<Race, "name" | "actors"> = {
  outcomes: [
    ["the next ticket", "ACCEPTABLE"],
    ["a later one, as the other thread drew in between", "ACCEPTABLE"],
    ["both drew the same ticket", "FORBIDDEN"],
    ["a ticket that is not due: older, too new, or others are missing", "FORBIDDEN"],
  ],
  memory: () => new SharedArrayBuffer(createControl().byteLength + NOTES * 4),
  lapRounds: LAP_ROUNDS,
};

export const races: readonly Race[] = [
  {
    ...race,
    name: "every ticket is drawn once",
    actors: [drawer(drawAtomically), drawer(drawAtomically)],
  },
  {
    ...race,
    name: "every removal has a number of its own",
    actors: [drawer(drawRemovals), drawer(drawRemovals)],
  },
  {
    ...race,
    name: "tickets drawn by a load and a store",
    broken: true,
    actors: [drawer(drawInTwoSteps), drawer(drawInTwoSteps)],
  },
];
