import { assertEquals } from "@std/assert";
import { createControl, drawSlot, RemovalClock, TicketCounter } from "../../../src/slab/control.ts";

Deno.test("TicketCounter draws 1, 2, 3 from one block, whoever draws", () => {
  const control = createControl();
  const one = new TicketCounter(control);
  const other = new TicketCounter(control);
  assertEquals([one.next(), other.next(), one.next(), other.next()], [1, 2, 3, 4]);
});

Deno.test("TicketCounter goes on beyond 32 bits", () => {
  const control = createControl();
  new BigInt64Array(control)[0] = 2n ** 32n - 1n;
  const tickets = new TicketCounter(control);
  assertEquals([tickets.next(), tickets.next()], [2 ** 32, 2 ** 32 + 1]);
});

Deno.test("TicketCounter.adopt() goes on above both counts", () => {
  const [mine, other] = [createControl(), createControl()];
  const tickets = new TicketCounter(mine);
  for (let i = 0; i < 5; i++) tickets.next();
  tickets.adopt(other);
  assertEquals(tickets.next(), 6);
  const ahead = new TicketCounter(createControl());
  ahead.next();
  ahead.adopt(other);
  assertEquals(ahead.next(), 7);
});

Deno.test("drawSlot() gives each caller another slot", () => {
  const control = createControl();
  assertEquals([drawSlot(control), drawSlot(control), drawSlot(control)], [0, 1, 2]);
});

Deno.test("RemovalClock.draw() numbers the removals of all who share a block, from 1", () => {
  const control = createControl();
  const [one, other] = [new RemovalClock(control), new RemovalClock(control)];
  assertEquals([one.draw(), other.draw(), one.count], [1, 2, 2]);
});

Deno.test("RemovalClock.raise() and adopt() never lower the count", () => {
  const [mine, other] = [createControl(), createControl()];
  const clock = new RemovalClock(mine);
  clock.raise(5);
  clock.raise(3);
  assertEquals(clock.count, 5);
  clock.adopt(other);
  assertEquals(clock.draw(), 6);
  const behind = new RemovalClock(createControl());
  behind.adopt(other);
  assertEquals(behind.count, 6);
});
