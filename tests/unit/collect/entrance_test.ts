import { assertEquals, assertRejects } from "@std/assert";
import { waitFor } from "../../_support/wait_for.ts";
import { Entrance } from "../../../src/collect/entrance.ts";

/** Resolves when it is told to. */
function gate(): { opens: Promise<void>; open: () => void } {
  let open = () => {};
  const opens = new Promise<void>((resolve) => open = resolve);
  return { opens, open };
}

Deno.test("Entrance.admit() lets threads in one after the other, and tells how many are in", async () => {
  const name = crypto.randomUUID();
  const entrances = [0, 1, 2].map(() => new Entrance(name, true));
  const seen: (number | undefined)[] = [];
  let entering = 0;
  await Promise.all(entrances.map((entrance) =>
    entrance.admit(async (insiders) => {
      assertEquals(++entering, 1);
      await new Promise((resolve) => setTimeout(resolve, 1));
      entering--;
      seen.push(insiders);
    }, 10_000)
  ));
  assertEquals(seen, [0, 1, 2]);
  entrances[0].leave();
  await waitFor(async () => {
    const late = new Entrance(name, true);
    let insiders: number | undefined;
    await late.admit((count) => Promise.resolve(void (insiders = count)), 10_000);
    late.leave();
    return insiders === 2;
  }, { what: "those who left to be counted no longer" });
  for (const entrance of entrances) entrance.leave();
});

Deno.test("Entrance.admit() waits for a thread that stays at the entrance no longer than the deadline", async () => {
  const name = crypto.randomUUID();
  const [slow, other] = [new Entrance(name, true), new Entrance(name, true)];
  const { opens, open } = gate();
  const entered = gate();
  const first = slow.admit(() => {
    entered.open();
    return opens;
  }, 10_000);
  await entered.opens;
  await other.admit((insiders) => Promise.resolve(assertEquals(insiders, undefined)), 10);
  open();
  await first;
  slow.leave();
  other.leave();
});

Deno.test("Entrance.admit() counts nobody where locks would keep the thread alive, and passes errors on", async () => {
  const entrance = new Entrance(crypto.randomUUID(), false);
  await entrance.admit((insiders) => Promise.resolve(assertEquals(insiders, undefined)), 10_000);
  const lasting = new Entrance(crypto.randomUUID(), true);
  await assertRejects(() => lasting.admit(() => Promise.reject(new Error("no")), 10_000), Error, "no");
  lasting.leave();
});
