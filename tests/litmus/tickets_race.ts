/**
 * Two threads never draw the same ticket, and together they draw all of them; also where one of them goes on in the
 * other's block. The numbers of removals likewise.
 *
 * @module
 */
import { TICKET64 } from "../../src/layout/control_block.ts";
import { createControl, RemovalClock, TicketCounter } from "../../src/slab/control.ts";
import { gap } from "./_gap.ts";
import { type Act, type Actor, NOT_YET, type Race } from "./_race.ts";

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

/** A step that raises the shared block to the count of another one. */
type Adopt = (control: SharedArrayBuffer, own: SharedArrayBuffer) => TicketCounter;

/** Notes a ticket. Returns whether it was drawn before; tickets so far apart that they share a note are no matter. */
function noteIn(memory: SharedArrayBuffer): (ticket: number) => boolean {
  const notes = new Int32Array(memory, memory.byteLength - NOTES * 4, NOTES);
  return (ticket) => Atomics.exchange(notes, ticket % NOTES, ticket) === ticket;
}

/** Draws in a block of its own, a little further than the shared one is, then from the shared one. */
function adopter(adopt: Adopt): Actor {
  return (memory) => {
    const note = noteIn(memory);
    const shared = new BigInt64Array(memory, 0, TICKET64 + 1);
    const own = createControl();
    return (round) => {
      const drawn = Atomics.load(shared, TICKET64) + BigInt(round & 3);
      new BigInt64Array(own)[TICKET64] = drawn;
      const ticket = adopt(memory, own).next();
      if (note(ticket)) return 2;
      return ticket <= Number(drawn) ? 3 : ticket === Number(drawn) + 1 ? 0 : 1;
    };
  };
}

function sharer(memory: SharedArrayBuffer): Act {
  const note = noteIn(memory);
  const tickets = new TicketCounter(memory);
  let last = 0;
  return () => {
    const ticket = tickets.next();
    const before = last;
    last = ticket;
    if (note(ticket)) return 2;
    return ticket <= before ? 3 : ticket === before + 1 ? 0 : 1;
  };
}

function adoptAtomically(control: SharedArrayBuffer, own: SharedArrayBuffer): TicketCounter {
  const tickets = new TicketCounter(own);
  tickets.adopt(control);
  return tickets;
}

function adoptInTwoSteps(control: SharedArrayBuffer, own: SharedArrayBuffer): TicketCounter {
  const words = new BigInt64Array(control, 0, TICKET64 + 1);
  const drawn = new BigInt64Array(own)[TICKET64];
  const isBehind = Atomics.load(words, TICKET64) < drawn;
  gap();
  if (isBehind) Atomics.store(words, TICKET64, drawn);
  return new TicketCounter(control);
}

const adoption: Omit<Race, "name" | "actors"> = {
  ...race,
  outcomes: [
    ["the next ticket", "ACCEPTABLE"],
    ["a later one", "ACCEPTABLE"],
    ["both drew the same ticket", "FORBIDDEN"],
    ["a ticket that is not greater than those that its thread drew before", "FORBIDDEN"],
  ],
};

export const races: readonly Race[] = [
  {
    ...adoption,
    name: "who goes on in another block draws greater tickets, and takes none back",
    actors: [adopter(adoptAtomically), sharer],
  },
  {
    ...adoption,
    name: "a block that is raised by a load and a store",
    broken: true,
    actors: [adopter(adoptInTwoSteps), sharer],
  },
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
