import { assertEquals } from "@std/assert";
import { createControl, TicketCounter } from "../../../src/slab/control.ts";

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
