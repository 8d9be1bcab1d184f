import { assert, assertEquals } from "@std/assert";
import { Router } from "../../../../src/llm/client/router.ts";

function candidates(...loads: number[]) {
  return loads.map((load, engine) => ({ engine, load }));
}

Deno.test("Router takes the least loaded engine, and goes round among equals", () => {
  const router = new Router("least-loaded");
  assertEquals(router.choose(candidates(3, 1, 2), "key")?.engine, 1);
  const chosen = new Set(
    Array.from({ length: 6 }, () => router.choose(candidates(2, 2, 2), undefined)?.engine),
  );
  assertEquals(chosen, new Set([0, 1, 2]));
  assertEquals(router.choose([], undefined), undefined);
});

Deno.test("Router with sticky routing keeps a key on its engine, also when another one goes", () => {
  const router = new Router("sticky");
  const all = candidates(9, 0, 0, 0);
  const homes = new Map(
    Array.from({ length: 200 }, (_, i) => [`user-${i}`, router.choose(all, `user-${i}`)!.engine]),
  );
  assertEquals(new Set(homes.values()), new Set([0, 1, 2, 3]));
  for (const [key, home] of homes) {
    assertEquals(router.choose(all, key)?.engine, home);
    const left = router.choose(all.filter(({ engine }) => engine !== 3), key)!.engine;
    assert(home === 3 || left === home);
  }
  assertEquals(router.choose(candidates(1, 0), undefined)?.engine, 1, "without a key the load decides");
});
