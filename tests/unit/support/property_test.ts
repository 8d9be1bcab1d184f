import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import fc from "fast-check";
import { checkProperty } from "../../_support/property.ts";

Deno.test("checkProperty() names seed, path and command, and the command replays the case", async () => {
  const below = fc.property(fc.nat(1000), (n) => n < 10);
  const { message } = await assertRejects(() => checkProperty("below 10", below), Error, "Property fails");
  assertMatch(message, /case: \[10\]/);
  const [, seed, path] =
    /PROMSLAB_SEED=(\S+) PROMSLAB_PATH=(\S+) deno task test property -- --filter "below 10"/
      .exec(message)!;
  const seen: number[] = [];
  const again = fc.property(fc.nat(1000), (n) => (seen.push(n), n < 10));
  await assertRejects(() => checkProperty("again", again, { replay: { seed: Number(seed), path } }), Error);
  assertEquals(seen[0], 10);
});

Deno.test("checkProperty() tries as many cases as asked, after the examples", async () => {
  const seen: number[] = [];
  const property = fc.property(fc.nat(), (n) => {
    seen.push(n);
  });
  await checkProperty("all", property, { runs: 7, examples: [[42]] });
  assertEquals([seen.length, seen[0]], [7, 42]);
});
