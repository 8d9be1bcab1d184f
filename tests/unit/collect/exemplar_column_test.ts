import { assertEquals } from "@std/assert";
import { ExemplarColumn, isPreferred, mergeExemplars } from "../../../src/collect/exemplar_column.ts";
import type { Exemplar } from "../../../src/model/samples.ts";

function exemplarOf(value: number, timestamp: number, id = "x"): Exemplar {
  return { labels: { id }, value, timestamp };
}

Deno.test("isPreferred() takes the newest, then the greatest, then decides by labels", () => {
  const one = exemplarOf(1, 10);
  assertEquals(isPreferred(one, undefined), true);
  assertEquals(isPreferred(exemplarOf(0, 11), one), true);
  assertEquals(isPreferred(exemplarOf(9, 9), one), false);
  assertEquals(isPreferred(exemplarOf(2, 10), one), true);
  assertEquals(isPreferred(exemplarOf(0.5, 10), one), false);
  assertEquals(isPreferred(exemplarOf(1, 10, "y"), one), true);
  assertEquals(isPreferred(exemplarOf(1, 10, "w"), one), false);
  assertEquals(isPreferred(exemplarOf(1, 10), one), false);
});

Deno.test("mergeExemplars() puts exemplars where the block's values lie", () => {
  const column = new ExemplarColumn(2);
  const entries = [[0, 0, exemplarOf(1, 1)], [1, 1, exemplarOf(2, 2)], [2, 0, exemplarOf(3, 3)]] as const;
  for (const [k, slot, exemplar] of entries) column.put(k, slot, exemplar);
  const other = new ExemplarColumn(2);
  other.put(0, 1, exemplarOf(4, 1));
  const blocks = mergeExemplars([
    { count: 3, positions: Int32Array.of(4, 1, -1), exemplars: column },
    { count: 1, positions: Int32Array.of(1), exemplars: other },
    { count: 1, positions: Int32Array.of(0), exemplars: undefined },
  ], { stride: 3, perBlock: 2 });
  assertEquals(blocks.length, 3);
  assertEquals(blocks[0], new Map([[4, entries[1][2]]]));
  assertEquals(blocks[1], undefined);
  assertEquals(blocks[2], new Map([[0, entries[0][2]]]));
});

Deno.test("ExemplarColumn.offer() keeps the preferred one, forget() all of none", () => {
  const column = new ExemplarColumn(1);
  column.offer(0, 0, exemplarOf(1, 5));
  column.offer(0, 0, exemplarOf(7, 4));
  assertEquals(column.at(0, 0)?.value, 1);
  column.forget(0);
  assertEquals(column.at(0, 0), undefined);
});
