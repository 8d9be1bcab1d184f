import { assertEquals } from "@std/assert";
import { heatCells } from "../../../../src/dashboard/model/heat.ts";
import type { Moment } from "../../../../src/dashboard/model/history.ts";

const bounds = [0.1, 0.2, 0.5, 1, 2, Infinity];

function moment(atSeconds: number, request: readonly number[]): Moment {
  return { atSeconds, buckets: { request, firstToken: [], interToken: [], lag: [] } } as unknown as Moment;
}

Deno.test("heatCells() puts moments into columns of time and keeps the rows in use", () => {
  const moments = [
    moment(990, [9, 0, 0, 0, 0, 0]),
    moment(1001, [0, 0, 1, 0, 0, 0]),
    moment(1009, [0, 0, 2, 0, 0, 0]),
    moment(1020, [0, 0, 0, 4, 0, 0]),
    moment(1020, []),
  ];
  assertEquals(heatCells(moments, "request", { bounds, endSeconds: 1020, windowSeconds: 20, columns: 2 }), {
    bounds: [0.2, 0.5, 1, 2],
    columns: [[0, 3, 0, 0], [0, 0, 4, 0]],
    most: 4,
  });
});

Deno.test("heatCells() of nothing has no rows", () => {
  const options = { bounds, endSeconds: 1020, windowSeconds: 20, columns: 2 };
  assertEquals(heatCells([moment(1010, [0, 0, 0, 0, 0, 0])], "request", options), {
    bounds: [],
    columns: [],
    most: 0,
  });
});
