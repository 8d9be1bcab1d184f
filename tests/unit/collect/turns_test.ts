import { assertEquals, assertRejects } from "@std/assert";
import { Turns } from "../../../src/collect/turns.ts";

Deno.test("Turns.exclusively() runs one function after the other, also after one that failed", async () => {
  const turns = new Turns();
  const events: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = turns.exclusively(async () => {
    events.push("first begins");
    await gate.promise;
    events.push("first fails");
    throw new Error("no");
  });
  const second = turns.exclusively(() => events.push("second"));
  await Promise.resolve().then(() => {}).then(() => {});
  assertEquals(events, ["first begins"]);
  gate.resolve();
  await assertRejects(() => first, Error, "no");
  assertEquals([await second, events], [3, ["first begins", "first fails", "second"]]);
});
