import { assert, assertEquals } from "@std/assert";
import { codeOf, indexStart, isNegativeCode, keyOfCode } from "../../../src/slab/native_code.ts";

/** The keys at which schemas end, and some between. The widest have 2^10 * 2^8 buckets to each side. */
const KEYS = [-(1 << 18), -8193, -2, -1, 0, 1, 2, 8193, 1 << 18];

Deno.test("codeOf() names a bucket so that its key and its sign can be told from it", () => {
  for (const key of KEYS) {
    for (const negative of [false, true]) {
      const code = codeOf(key, negative);
      assertEquals([keyOfCode(code), isNegativeCode(code)], [key, negative]);
    }
  }
});

Deno.test("codeOf() gives no two buckets one code, and none 0, which is an empty place", () => {
  const codes = KEYS.flatMap((key) => [codeOf(key, false), codeOf(key, true)]);
  assertEquals(new Set(codes).size, codes.length);
  assert(!codes.includes(0));
});

Deno.test("indexStart() lies within the index, and spreads neighbouring buckets over it", () => {
  for (const bits of [3, 8, 10]) {
    const starts = Array.from(
      { length: 2 ** bits },
      (_, key) => indexStart(codeOf(key - 50, false), 32 - bits),
    );
    assert(starts.every((start) => Number.isInteger(start) && start >= 0 && start < 2 ** bits));
    assert(new Set(starts).size > 2 ** bits / 2, `${new Set(starts).size} of ${2 ** bits}`);
  }
});
