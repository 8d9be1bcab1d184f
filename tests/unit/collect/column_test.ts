import { assertEquals } from "@std/assert";
import { Column } from "../../../src/collect/column.ts";

class GaugeColumn extends Column {
  constructor() {
    super(1);
    this.growGaugeColumns();
  }
}

Deno.test("Column.append() numbers series and marks them as not read", () => {
  const column = new Column(3);
  for (let k = 0; k < 100; k++) column.append(1000 + k);
  assertEquals(column.count, 100);
  for (let k = 0; k < 100; k++) {
    assertEquals(column.index[k], 1000 + k);
    assertEquals(column.values[3 * k], NaN);
  }
});

Deno.test("Column keeps what it holds when it grows", () => {
  const column = new GaugeColumn();
  for (let k = 0; k < 50; k++) {
    column.append(k);
    column.values[k] = k;
    column.stamps[k] = 2 * k;
    column.touched[k] = 1;
    column.positions[k] = 3 * k;
  }
  for (let k = 0; k < 50; k++) {
    assertEquals([column.values[k], column.stamps[k], column.touched[k], column.positions[k]], [
      k,
      2 * k,
      1,
      3 * k,
    ]);
  }
});
